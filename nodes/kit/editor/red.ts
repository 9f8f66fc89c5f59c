/** The part of Node-RED's editor that we use; its published types are those of an older editor. */
export interface Red {
  nodes: {
    registerType(type: string, definition: NodeType): void;
    node(id: string): EditorNode | null | undefined;
    eachConfig(visit: (node: EditorNode) => void): void;
    /** A flow's tab; nothing for a subflow. */
    workspace(id: string): { readonly disabled?: boolean } | null | undefined;
    /** Those on the workspaces. */
    eachNode(visit: (node: EditorNode) => void): void;
  };
  events: {
    on(name: string, listener: (node: EditorNode) => void): void;
    off(name: string, listener: (node: EditorNode) => void): void;
  };
  editor: {
    /** Opens a config node's form above the present one; `_ADD_` as its id makes a new one. */
    editConfig(name: string, type: string, id: string): void;
    /** Runs a node's validators again. */
    validateNode(node: EditorNode): boolean;
  };
  view: {
    redraw(): void;
    annotations: {
      register(id: string, options: Annotation): void;
    };
  };
  /** A text of Node-RED's own catalogue in the editor's language; the key where there is none. */
  _(key: string): string;
  settings: {
    /** What this browser keeps for the editor. */
    getLocal(key: string): string | null;
    setLocal(key: string, value: string): void;
    /** Where HTTP nodes are served, such as `/`. */
    httpNodeRoot?: string;
  };
  clipboard: {
    /** Copies a text, and says so beside the element: `message` is a key of Node-RED's own catalogue. */
    copyText(text: string, element: JQuery, message: string): boolean;
  };
  user: {
    /** Whether the user who is logged in has it; anyone has, where there is no login. */
    hasPermission(permission: string): boolean;
  };
  utils: {
    /** `true`, or what is wrong with a typed value, in the editor's language. */
    validateTypedProperty(value: string, type: string, options: object): true | string;
    getNodeLabel(node: EditorNode, otherwise: string): string;
  };
}

/** A node on the workspace, or a config node. */
export interface EditorNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  /** Of a config node: who uses it. */
  users?: EditorNode[];
  readonly valid?: boolean;
  /** While they were edited and not yet deployed: texts, and of secrets `has_<name>`. */
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly [property: string]: unknown;
}

/** Node-RED shows a string as the reason why the value is wrong, if the function takes two parameters. */
export type Validate = (this: EditorNode, value: unknown, options: object) => true | string;

/** A badge above nodes on the workspace. */
export interface Annotation {
  type: "badge";
  align: "left";
  class: string;
  /** Asked once for each node: whether it may ever have the badge. */
  filter(node: EditorNode): boolean;
  /** Asked at every redraw of a node that is dirty. */
  show(node: EditorNode): boolean;
  element(node: EditorNode): SVGElement;
}

/** What `registerType` takes. */
export interface NodeType {
  category: string;
  color?: string;
  icon?: string;
  inputs?: number;
  outputs?: number;
  defaults: Record<string, { value: unknown; type?: string; required?: false; validate?: Validate }>;
  credentials?: Record<string, { type: "text" | "password"; validate?: Validate }>;
  paletteLabel(this: void): string;
  label(this: EditorNode): string;
  labelStyle?(this: EditorNode): string;
  outputLabels?(this: EditorNode, index: number): string;
  oneditprepare(this: EditorNode): void;
  oneditsave(this: EditorNode): void;
  oneditcancel(this: EditorNode): void;
  oneditdelete?(this: EditorNode): void;
  /** Put here by registerType: looks a key up in the node's catalogue. */
  _?: Translate;
}

/** Options of Node-RED's list widget. */
export interface EditableList<Item> {
  addButton: string;
  height: "auto";
  sortable: boolean;
  removable: boolean;
  /** Fills in a row; `item` is empty for a new one. */
  addItem(row: JQuery, index: number, item: Partial<Item>): void;
  removeItem(): void;
  sortItems(): void;
}

export type Translate = (key: string, values?: Record<string, string | number>) => string;

declare global {
  const RED: Red;

  interface JQuery {
    typedInput(options: {
      default: string;
      types: readonly (string | { value: string; label: string })[];
      typeField: string;
    }): this;
    typedInput(method: "focus"): this;
    typedInput(method: "value" | "type"): string;
    typedInput(method: "value" | "type", value: string): this;
    editableList<Item>(options: EditableList<Item>): this;
    editableList<Item>(method: "addItem", item: Item): this;
    /** Fills in the texts of all `data-i18n` below. */
    i18n(): this;
  }
}
