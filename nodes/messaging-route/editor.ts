import { prefixDigits, prefixEntries } from "../../src/prefix.ts";
import { addExtra } from "../kit/editor/extras.ts";
import { accountType, type ProviderFacts } from "../kit/editor/fields.ts";
import { accountProblem, type Problem } from "../kit/editor/problems.ts";
import type { EditorNode, Translate } from "../kit/editor/red.ts";

/** An entry of the list as it is saved. */
interface Member {
  provider: string;
  account: string;
  prefixes: string;
}

const TYPE = "messaging-route";

const LIST = '[data-list="members"]';

/** In front of the type of an account to be made, as the value of an option. */
const ADD = "_ADD_:";

addExtra(TYPE, {
  registered: keepCounting,
  prepare(form, node, t, providers) {
    stopWaiting();
    const list = form.find(LIST);
    const changed = () => void form.trigger("change");
    list.editableList<Member>({
      addButton: t("member.add"),
      height: "auto",
      sortable: true,
      removable: true,
      addItem: (row, _index, member) => fillRow(row, member, providers, t),
      removeItem: changed,
      sortItems: changed,
    });
    for (const member of membersOf(node)) list.editableList("addItem", member);
    form.on("change keyup paste input", () => markRows(list, t));
  },
  lists: {
    members: {
      // One that is being removed fades away for a moment.
      read: (form) => form.find(`${LIST} > li:not(.red-ui-editableList-item-deleting)`).get().map(read),
      problem: (list, t) => problemOf(Array.isArray(list) ? (list as Partial<Member>[]) : [], t),
    },
  },
});

function membersOf({ members }: EditorNode): Member[] {
  return Array.isArray(members) ? (members as Member[]) : [];
}

function fillRow(row: JQuery, member: Partial<Member>, providers: readonly ProviderFacts[], t: Translate): void {
  const select = $('<select data-member="account">').attr("aria-label", t("member.account"));
  const pencil = $('<button type="button" class="red-ui-button"><i class="fa fa-pencil"></i></button>');
  const prefixes = $('<input type="text" data-member="prefixes">').val(member.prefixes ?? "");
  prefixes.attr({ "aria-label": t("member.prefixes"), placeholder: t("member.all") });
  pencil.attr({ "aria-label": t("member.edit"), title: t("member.edit") });
  row.siblings("a").attr("aria-label", t("member.remove"));
  moveByKeys(row.siblings(".red-ui-editableList-item-handle"), t("member.move"));
  row.attr("data-provider", member.provider ?? "").css({ display: "flex", gap: "8px" });
  row.append(select.css({ flex: "3 1 0", minWidth: 0 }), pencil, prefixes.css({ flex: "2 1 0", minWidth: 0 }));
  const choose = (id: string) => {
    offer(select, id, providers, t);
    pencil.prop("disabled", !RED.nodes.node(id));
    whenShown(select, () => select.trigger("change"));
  };
  pencil.on("click", () => editAccount(String(select.val()), choose));
  select.on("change", () => {
    const chosen = String(select.val());
    if (chosen.startsWith(ADD)) {
      select.val(String(select.data("account")));
      addAccount(chosen.slice(ADD.length), choose);
    } else if (chosen !== select.data("account")) choose(chosen);
  });
  choose(member.account ?? "");
}

/** Node-RED's lists are put in order by the mouse alone. */
function moveByKeys(handle: JQuery, name: string): void {
  handle.attr({ role: "button", tabindex: 0, "aria-label": name, title: name }).on("keydown", (event) => {
    const item = handle.closest("li");
    const neighbour = { ArrowUp: item.prev("li"), ArrowDown: item.next("li") }[String(event.key)];
    if (!neighbour) return;
    event.preventDefault();
    if (event.key === "ArrowUp") neighbour.before(item);
    else neighbour.after(item);
    handle.trigger("focus").trigger("change");
  });
}

/** Fills a choice with the accounts that there are, by provider, and a way to add one. */
function offer(select: JQuery, account: string, providers: readonly ProviderFacts[], t: Translate): void {
  select.data("account", account).empty();
  const none = $("<option>").val("").text(t("member.choose"));
  // One that is gone stays chosen until another one is: its id may be all that tells which it was.
  const isGone = account !== "" && !RED.nodes.node(account);
  select.append(
    none,
    isGone
      ? $("<option>")
          .val(account)
          .text(`${t("member.gone")} (${account})`)
      : "",
  );
  for (const { name, label } of providers) {
    const type = accountType(name);
    const group = $("<optgroup>").attr("label", label);
    RED.nodes.eachConfig((node) => {
      if (node.type === type) group.append($("<option>").val(node.id).text(RED.utils.getNodeLabel(node, node.id)));
    });
    group.append(
      $("<option>")
        .val(`${ADD}${type}`)
        .text(t("member.new", { provider: label })),
    );
    select.append(group);
  }
  select.val(account);
}

/** Node-RED takes a form out of the page while another one lies above it, and a moment longer. */
function whenShown(element: JQuery, act: () => void, tries = 40): void {
  const [node] = element.get();
  if (node && document.contains(node)) act();
  else if (tries > 0) window.setTimeout(() => whenShown(element, act, tries - 1), 50);
}

/** The form above may be left without saving: what waits for it gives way to the next that does. */
let stopWaiting: () => void = () => undefined;

/** Hands over the id of the node with which this event happens next. */
function next(event: string, isIt: (node: EditorNode) => boolean, take: (id: string) => void): void {
  stopWaiting();
  const listener = (node: EditorNode) => {
    if (!isIt(node)) return;
    stopWaiting();
    take(node.id);
  };
  RED.events.on(event, listener);
  stopWaiting = () => RED.events.off(event, listener);
}

/** Opens the form of a new account above this one; `take` gets its id if it is saved. */
function addAccount(accountType: string, take: (id: string) => void): void {
  next("nodes:add", ({ type }) => type === accountType, take);
  RED.editor.editConfig("", accountType, "_ADD_");
}

/** Opens an account's form above this one; `take` gets its id when it has changed. */
function editAccount(account: string, take: (id: string) => void): void {
  const { type } = RED.nodes.node(account) ?? {};
  if (type === undefined) return;
  next("nodes:change", ({ id }) => id === account, take);
  RED.editor.editConfig("", type, account);
}

function read(row: HTMLElement): Member {
  const account = String($(row).find('[data-member="account"]').val() ?? "");
  const provider =
    RED.nodes.node(account)?.type.replace(/-account$/, "") ??
    String($(row).children("[data-provider]").attr("data-provider"));
  return { provider, account, prefixes: String($(row).find('[data-member="prefixes"]').val() ?? "").trim() };
}

/** What is wrong with an entry, by the part of its row. */
function entryProblems({ account, prefixes = "" }: Partial<Member>, t: Translate): Record<string, Problem> {
  const wrong = prefixEntries(prefixes).find((entry) => prefixDigits(entry) === undefined);
  return {
    account: accountProblem(account, t),
    prefixes: wrong === undefined ? undefined : t("problem.prefix", { prefix: wrong }),
  };
}

/** Shows which rows the words below the list are about. */
function markRows(list: JQuery, t: Translate): void {
  for (const row of list.children("li").get()) {
    for (const [part, problem] of Object.entries(entryProblems(read(row), t))) {
      const control = $(row).find(`[data-member="${part}"]`);
      control.toggleClass("input-error", problem !== undefined).attr("aria-invalid", problem ? "true" : null);
    }
  }
}

function problemOf(members: readonly Partial<Member>[], t: Translate): Problem {
  if (members.length === 0) return t("problem.noMember");
  const problems = members.flatMap((member) => Object.values(entryProblems(member, t)));
  const said = new Set(problems.filter((problem) => problem !== undefined));
  return said.size === 0 ? undefined : [...said].join(" ");
}

/**
 * Node-RED counts who uses a config node by properties that hold an id, not a list: it would offer to delete accounts that
 * only routes use.
 */
function countUsers(): void {
  const routes: EditorNode[] = [];
  RED.nodes.eachConfig((node) => {
    if (node.type === TYPE) routes.push(node);
    else if (node.users) node.users = node.users.filter(({ type }) => type !== TYPE);
  });
  for (const route of routes) {
    const accounts = new Set(membersOf(route).map(({ account }) => account));
    for (const id of accounts) RED.nodes.node(id)?.users?.push(route);
  }
}

function keepCounting(): void {
  let counting: number | undefined;
  for (const event of ["nodes:add", "nodes:change", "nodes:remove"]) {
    RED.events.on(event, ({ type }) => {
      if (type !== TYPE && !type.endsWith("-account")) return;
      window.clearTimeout(counting);
      counting = window.setTimeout(countUsers);
    });
  }
}
