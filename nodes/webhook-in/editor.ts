import { isLoopback } from "../../src/loopback.ts";
import { moment } from "../kit/editor/locale.ts";
import { addExtra } from "../kit/editor/extras.ts";
import type { EditorNode, Translate } from "../kit/editor/red.ts";
import { currentValue, isVariable } from "../kit/editor/values.ts";
import { hasDots, publicBase, trimmedPath, webhookUrl } from "./address.ts";

/** What Node-RED puts into the control of a stored password. */
const STORED = "__PWRD__";

const SECRET_BYTES = 32;

/** Fewer characters than this can be guessed; src/webhook/secret.ts says why. */
const MIN_SECRET_CHARACTERS = 22;

/** What the form shows of a webhook; empty for one that does not run. */
interface Running {
  listening?: boolean;
  lastCallbackAt?: string | null;
}

interface Secrets {
  secret?: string;
  previousSecret?: string;
}

addExtra("webhook-in", {
  problems: {
    // A flow written by hand may leave it out: the node then takes the usual one.
    path: (node, t) =>
      currentValue("node-input", node, "path") !== undefined && isNoPath(valueOf(node, "path"))
        ? t("problem.path")
        : undefined,
    publicUrl: (node, t) => {
      const given = valueOf(node, "publicUrl");
      return given === "" || isVariable(given) || publicBase(given) !== undefined ? undefined : t("problem.publicUrl");
    },
  },
  prepare(form, node, t) {
    const secret = $("#node-input-secret");
    const previous = $("#node-input-previousSecret");
    if (secret.val() === "") secret.val(randomSecret());

    const address = addressRow(t);
    const renew = button(t("button.renew"));
    const remove = button(t("button.remove"));
    rowOf(secret).children("input").after(renew);
    rowOf(previous).children("input").after(remove);
    shareRow(secret);
    shareRow(previous);
    const unseen = hint(rowOf(secret), t("problem.unseen"), "problem");
    const weak = hint(rowOf(secret), t("problem.weak"), "problem");

    /** As the runtime has them; known to those only who may change the flow, and undefined until it has answered. */
    let stored: Secrets | undefined;
    const current = () => known(text(secret), stored?.secret);
    const refresh = () => {
      const shown = current();
      address.show(shown, shown === stored?.secret || secret.val() === STORED);
      rowOf(previous).toggle(previous.val() !== "");
      // Without knowing the old one, the new one would end it at once.
      renew.prop("disabled", secret.val() === STORED && shown === undefined);
      unseen.toggle(stored !== undefined && secret.val() === STORED && shown === undefined);
      weak.toggle(secret.val() !== STORED && !isVariable(text(secret)) && text(secret).length < MIN_SECRET_CHARACTERS);
    };
    renew.on("click", () => {
      const old = current();
      // One that never was in use need not stay valid.
      if (old !== undefined && (secret.val() === STORED || old === stored?.secret)) previous.val(old).trigger("change");
      secret.val(randomSecret()).trigger("change");
      refresh();
    });
    remove.on("click", () => {
      previous.val("").trigger("change");
      refresh();
    });
    form.on("change keyup paste input", refresh);
    refresh();
    void ask<Secrets>(node, "/secret").then((found) => {
      stored = found ?? {};
      refresh();
    });
    void ask<Running>(node).then((running) => address.tell(running, isDisabled(node)));
  },
});

/** The row with the URL to paste at the provider, and what is to be said of it. */
function addressRow(t: Translate) {
  const label = $("<label>").attr("for", "messaging-webhook-url").text(t("field.url"));
  // In three lines, so that all of it is to be seen. Node-RED shows what is only to be read as if it were switched off.
  const url = $('<textarea readonly rows="3" id="messaging-webhook-url">').css({
    resize: "none",
    wordBreak: "break-all",
    color: "var(--red-ui-form-text-color)",
  });
  const copy = button(t("button.copy"));
  const row = $('<div class="form-row" data-field="url">').append(label, url, copy);
  shareRow(url, row);
  hint(row, t("hint.url"));
  const problems = {
    variable: hint(row, t("problem.variable"), "problem"),
    loopback: hint(row, t("problem.loopback"), "problem"),
    http: hint(row, t("problem.http"), "problem"),
  };
  const later = hint(row, t("hint.later", { done: RED._("common.label.done") })).attr("id", "messaging-webhook-later");
  const last = hint(row, "").attr("id", "messaging-webhook-last");
  rowOf($("#node-input-publicUrl")).after(row);
  copy.on("click", () => void RED.clipboard.copyText(String(url.val()), copy, "clipboard.copyMessageValue"));
  const saved = addressIn();
  return {
    /** `isStored`: the secret is the one that the runtime has. */
    show(secret: string | undefined, isStored: boolean) {
      const { path, publicUrl } = addressIn();
      const base = baseOf(publicUrl);
      const variable = [path, publicUrl, secret].some(isVariable);
      // What is wrong with path or address is said there.
      const isWhole = secret !== undefined && base !== undefined && !isNoPath(path) && !variable;
      const { hostname = "", protocol = "" } = base === undefined ? {} : new URL(base);
      const shown = { variable, loopback: isLoopback(hostname), http: protocol === "http:" };
      for (const [name, message] of Object.entries(problems)) message.toggle(shown[name as keyof typeof shown]);
      const root = RED.settings.httpNodeRoot ?? "/";
      const parts = [base ?? publicUrl, root, path, secret ?? "•••"] as const;
      url.val(isWhole ? webhookUrl(...parts) : asWritten(...parts));
      copy.prop("disabled", !isWhole);
      later.toggle(isWhole && (!isStored || trimmedPath(path) !== trimmedPath(saved.path)));
    },
    tell(running: Running | undefined, isOff: boolean) {
      const at = running?.lastCallbackAt;
      const time = at ? moment(at) : "";
      if (isOff) last.text(t("callback.disabled"));
      else if (running?.listening === undefined) last.text(t("callback.undeployed"));
      else if (!running.listening) last.text(t("callback.deaf"));
      else last.text(at ? t("callback.last", { time }) : t("callback.none"));
    },
  };
}

/** The editor is open where Node-RED is, as far as nobody says otherwise. Undefined for what is no URL. */
function baseOf(publicUrl: string): string | undefined {
  return publicUrl === "" ? location.origin : publicBase(publicUrl);
}

/** Whether nobody could call it. */
function isNoPath(path: string): boolean {
  return !isVariable(path) && (trimmedPath(path) === "" || hasDots(trimmedPath(path)));
}

function valueOf(node: EditorNode, name: string): string {
  return String(currentValue("node-input", node, name) ?? "").trim();
}

/** What the form says of the address. */
function addressIn(): { path: string; publicUrl: string } {
  return { path: text($("#node-input-path")), publicUrl: text($("#node-input-publicUrl")) };
}

/** An address that is not whole yet: what is missing stands in it as it was typed. */
function asWritten(base: string, ...parts: string[]): string {
  const ends = /^\/+|\/+$/g;
  return [base.replace(/\/+$/, ""), ...parts.map((part) => part.replace(ends, ""))]
    .filter((part) => part !== "")
    .join("/");
}

/** Whether the node or its flow is switched off. */
function isDisabled(node: EditorNode): boolean {
  return node.d === true || RED.nodes.workspace(String(node.z))?.disabled === true;
}

function hint(row: JQuery, words: string, kind = "hint"): JQuery {
  return $(`<div class="messaging-${kind}">`).text(words).css("white-space", "normal").appendTo(row);
}

function text(control: JQuery): string {
  return String(control.val() ?? "").trim();
}

/** 256 random bits in base64url. */
function randomSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** A secret's text; undefined where the editor was not told. */
function known(shown: string, stored: string | undefined): string | undefined {
  return shown === STORED ? stored : shown || undefined;
}

function ask<Answer>({ id }: EditorNode, below = ""): Promise<Answer | undefined> {
  return Promise.resolve($.getJSON(`messaging/webhook-in/${encodeURIComponent(id)}${below}`)).then(
    (answer) => answer as Answer,
    // Not for this user.
    () => undefined,
  );
}

function rowOf(control: JQuery): JQuery {
  return control.closest(".form-row");
}

function button(text: string): JQuery {
  return $('<button type="button" class="red-ui-button">').css("margin-left", 6).text(text);
}

/** Makes room for the button beside a control. */
function shareRow(control: JQuery, row = rowOf(control)): void {
  row.css({ "white-space": "nowrap" }).children("div").css({ "white-space": "normal" });
  control.css("width", "calc(100% - 270px)");
}
