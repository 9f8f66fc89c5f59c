import type { FormFields, ProviderFacts } from "./fields.ts";
import { pickButton } from "./pick.ts";
import type { EditorNode, Translate } from "./red.ts";
import type { Prefix } from "./values.ts";
import { BUTTON_WIDTH, LABEL_WIDTH } from "./widths.ts";

interface PickForm {
  readonly prefix: Prefix;
  readonly fields: FormFields;
  /** The provider that is chosen now, and the account. */
  readonly provider: () => ProviderFacts | undefined;
  readonly account: () => EditorNode | undefined;
}

/** Puts a button beside every field of an open form that can be filled from a list of the provider's. */
export function addPicks({ prefix, fields, provider, account }: PickForm, t: Translate): void {
  for (const [name, field] of Object.entries(fields)) {
    if ((field.kind !== "typed" && field.kind !== "text") || !field.pick) continue;
    const { pick } = field;
    const id = `${prefix}-${name}`;
    const control = $(`#${id}`);
    const row = control.closest(".form-row");
    const isTyped = field.kind === "typed";
    const ways = isTyped ? typed(control) : text(control);
    const { button, refresh: refreshButton } = pickButton({ row, id, pick, account, ...ways }, t);
    const widget = isTyped ? row.children(".red-ui-typedInput-container") : control;
    widget.after(button);
    const refresh = () => {
      const isOffered = provider()?.lists.includes(pick.list) === true;
      widget.css("width", `calc(100% - ${isOffered ? LABEL_WIDTH + BUTTON_WIDTH : LABEL_WIDTH}px)`);
      refreshButton(isOffered);
    };
    row.closest(".messaging-form").on("change", refresh);
    refresh();
  }
}

/** What is chosen is a literal, whatever the field was before. */
function typed(control: JQuery) {
  return {
    value: () => (["str", "num"].includes(control.typedInput("type")) ? control.typedInput("value") : ""),
    set: (value: string) => {
      control.typedInput("type", "str");
      control.typedInput("value", value);
    },
  };
}

function text(control: JQuery) {
  return {
    value: () => String(control.val() ?? ""),
    set: (value: string) => void control.val(value).trigger("change"),
  };
}
