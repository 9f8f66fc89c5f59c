/** The part of Node-RED's editor that we use; its published types are those of an older editor. */
export interface Red {
  nodes: {
    registerType(type: string, definition: NodeType): void;
    node(id: string): EditorNode | null | undefined;
  };
  utils: {
    /** `true`, or what is wrong with a typed value, in the editor's language. */
    validateTypedProperty(value: string, type: string, options: object): true | string;
  };
}

/** A node on the workspace, or a config node. */
export interface EditorNode {
  readonly id: string;
  readonly name?: string;
  readonly valid?: boolean;
  readonly [property: string]: unknown;
}

/** Node-RED shows a string as the reason why the value is wrong, if the function takes two parameters. */
export type Validate = (this: EditorNode, value: unknown, options: object) => true | string;

/** What `registerType` takes. */
export interface NodeType {
  category: string;
  color?: string;
  icon?: string;
  inputs?: number;
  outputs?: number;
  defaults: Record<string, { value: unknown; type?: string; validate?: Validate }>;
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

export type Translate = (key: string, values?: Record<string, string | number>) => string;

declare global {
  const RED: Red;

  interface JQuery {
    typedInput(options: { default: string; types: readonly string[]; typeField: string }): this;
    typedInput(method: "focus"): this;
    /** Fills in the texts of all `data-i18n` below. */
    i18n(): this;
  }
}
