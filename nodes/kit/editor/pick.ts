import type { ListEntry } from "../../../src/provider.ts";
import type { ListReport } from "../account-reports.ts";
import type { PickList } from "../definition.ts";
import { askAccount } from "./account-draft.ts";
import { failureLines, refusalOf } from "./failures.ts";
import type { EditorNode, Translate } from "./red.ts";
import { LABEL_WIDTH } from "./widths.ts";

/** From this many entries on there is a box to search in. */
const SEARCHABLE = 9;

export const pickCss = `
.messaging-form .messaging-pick-button { width: 34px; margin-left: 6px; }
.messaging-form .messaging-pick { margin: 4px 0 0 ${LABEL_WIDTH}px; max-width: 430px; padding: 6px 8px; border-radius: 4px;
  border: 1px solid var(--red-ui-form-input-border-color); background: var(--red-ui-form-input-background);
  color: var(--red-ui-form-text-color); font-size: 13px; }
.messaging-form .messaging-pick small { display: block; color: var(--red-ui-secondary-text-color); }
.messaging-form .messaging-pick input[type="search"] { width: 100%; margin: 4px 0; }
.messaging-form .messaging-pick-list { max-height: 150px; overflow-y: auto; }
.messaging-form .messaging-pick-list label { display: flex; gap: 6px; align-items: center; width: auto; margin: 0; padding: 3px 2px; cursor: pointer; }
.messaging-form .messaging-pick-list label:hover { background: var(--red-ui-list-item-background-hover); }
.messaging-form .messaging-pick-list input { width: auto; margin: 0; }
`;

/** A control that can be filled from a list of the provider's. */
export interface Picking {
  readonly row: JQuery;
  /** The field's id in the form. */
  readonly id: string;
  readonly pick: PickList;
  /** The chosen account, if one is chosen. */
  readonly account: () => EditorNode | undefined;
  /** What the field holds; empty where it is no literal. */
  readonly value: () => string;
  readonly set: (value: string) => void;
}

/** The button that opens the list, to be put beside the control; `refresh` closes what does not fit any more. */
export function pickButton(picking: Picking, t: Translate): { button: JQuery; refresh: (isOffered: boolean) => void } {
  const { row, id } = picking;
  const panel = $('<div class="messaging-pick" role="group">').attr({
    id: `${id}-pick`,
    "aria-labelledby": `${id}-label`,
  });
  const button = $('<button type="button" class="red-ui-button messaging-pick-button">')
    .append($('<i class="fa fa-list-ul" aria-hidden="true">'))
    .attr({
      "aria-label": t("pick.open"),
      title: t("pick.open"),
      "aria-expanded": "false",
      "aria-controls": `${id}-pick`,
    });
  let openFor: string | undefined;
  const isOpen = () => button.attr("aria-expanded") === "true";
  const remove = () => {
    panel.detach().empty();
    button.attr("aria-expanded", "false");
  };
  const close = () => {
    remove();
    button.trigger("focus");
  };
  button.on("click", () => {
    if (isOpen()) return close();
    openFor = picking.account()?.id;
    button.attr("aria-expanded", "true");
    row.append(panel.append($('<small role="status">').text(t("pick.loading"))));
    void fill(panel, picking, t, close);
  });
  // Escape would close the whole form.
  panel.add(button).on("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.stopPropagation();
    event.preventDefault();
    close();
  });
  const refresh = (isOffered: boolean) => {
    button.toggle(isOffered);
    // Another account has other entries.
    if (isOpen() && (!isOffered || picking.account()?.id !== openFor)) remove();
  };
  return { button, refresh };
}

/** Loads the list and shows it, or why it cannot be had. Never rejects. */
async function fill(panel: JQuery, picking: Picking, t: Translate, close: () => void): Promise<void> {
  const status = panel.children("small");
  const account = picking.account();
  if (!account) return void status.text(t("pick.noAccount"));
  try {
    const {
      mode,
      host = "",
      entries = [],
      error,
    } = await askAccount<ListReport>(account, `lists/${picking.pick.list}`);
    // It was closed meanwhile.
    if (!document.body.contains(status[0] ?? null)) return;
    if (error) return void status.empty().append(failureLines(error, host, t));
    if (mode === "off") return void status.text(t("account.off"));
    const found = entries.length === 0 ? t("pick.none") : t("pick.count", { count: entries.length });
    status.text(mode === "sandbox" ? `${found} ${t("pick.sandbox")}` : found);
    if (entries.length > 0) showEntries(panel, entries, picking, t, close);
  } catch (failure) {
    status.text(refusalOf(failure, t));
  }
}

function showEntries(
  panel: JQuery,
  entries: readonly ListEntry[],
  picking: Picking,
  t: Translate,
  close: () => void,
): void {
  const list = $('<div class="messaging-pick-list">').append(entries.map((entry) => option(entry, picking, close)));
  if (entries.length >= SEARCHABLE) {
    const search = $('<input type="search">').attr({ "aria-label": t("pick.search"), placeholder: t("pick.search") });
    search.on("input", () => {
      const words = String(search.val()).toLowerCase();
      list.children().each((_, label) => void $(label).toggle($(label).text().toLowerCase().includes(words)));
    });
    panel.append(search);
  }
  panel.append(list);
  const chosen = list.find("input:checked");
  (chosen.length > 0 ? chosen : panel.find("input")).first().trigger("focus");
}

function option(entry: ListEntry, { id: field, pick, value, set }: Picking, close: () => void): JQuery {
  const { id, name } = entry;
  const kind = pick.many ? "checkbox" : "radio";
  const chosen = () => (pick.many ? idsIn(value()) : [value()]);
  const input = $(`<input type="${kind}" name="${field}-pick">`).prop("checked", chosen().includes(id));
  input.on("change", () => {
    if (!pick.many) return set(id);
    const others = chosen().filter((one) => one !== id);
    set([...others, ...(input.prop("checked") === true ? [id] : [])].join(","));
  });
  // One is enough: Enter or a click ends the choice, while the arrow keys, which click too, go on.
  let isPointed = false;
  input.on("click", () => void (!pick.many && isPointed && setTimeout(close)));
  input.on("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!pick.many) set(id);
    close();
  });
  return $("<label>")
    .append(input, $("<span>").text(name.includes(id) ? name : `${name} (${id})`))
    .on("pointerdown", () => void (isPointed = true));
}

function idsIn(text: string): string[] {
  return text
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
}
