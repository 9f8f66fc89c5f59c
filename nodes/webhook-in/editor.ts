import { isLoopback } from "../../src/loopback.ts";
import { addExtra } from "../kit/editor/extras.ts";
import type { EditorNode, Translate } from "../kit/editor/red.ts";
import { isVariable } from "../kit/editor/values.ts";

/** What Node-RED puts into the control of a stored password. */
const STORED = "__PWRD__";

const SECRET_BYTES = 32;

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

    /** As the runtime has them; known to those only who may change the flow. */
    let stored: Secrets = {};
    const current = () => known(String(secret.val() ?? ""), stored.secret);
    const refresh = () => {
      address.show(current());
      rowOf(previous).toggle(previous.val() !== "");
    };
    renew.on("click", () => {
      const old = current();
      // One that never was in use need not stay valid.
      if (old !== undefined && (secret.val() === STORED || old === stored.secret)) previous.val(old).trigger("change");
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
    void ask<Running>(node).then((running) => address.tell(running));
  },
});

/** The row with the URL to paste at the provider, and what is to be said of it. */
function addressRow(t: Translate) {
  const label = $("<label>").attr("for", "messaging-webhook-url").text(t("field.url"));
  // In three lines, so that all of it is to be seen.
  const url = $('<textarea readonly rows="3" id="messaging-webhook-url">').css({
    resize: "none",
    wordBreak: "break-all",
    // Node-RED greys what is read only, but this is here to be read.
    color: "var(--red-ui-form-text-color)",
  });
  const copy = button(t("button.copy"));
  const row = $('<div class="form-row" data-field="url">').append(label, url, copy);
  const hint = (text: string, kind = "hint") =>
    $(`<div class="messaging-${kind}">`).text(text).css("white-space", "normal").appendTo(row);
  shareRow(url, row);
  hint(t("hint.url"));
  if (isLoopback(location.hostname)) hint(t("problem.loopback"), "problem");
  if (location.protocol === "http:") hint(t("problem.http"), "problem");
  const last = hint("").attr("id", "messaging-webhook-last");
  rowOf($("#node-input-path")).after(row);
  copy.on("click", () => void RED.clipboard.copyText(String(url.val()), copy, "clipboard.copyMessageValue"));
  return {
    show(secret: string | undefined) {
      const path = String($("#node-input-path").val() ?? "").replace(/^\/+|\/+$/g, "");
      const root = `${location.origin}${RED.settings.httpNodeRoot ?? "/"}`.replace(/\/+$/, "");
      const shown = isVariable(secret) ? secret : secret && encodeURIComponent(secret);
      url.val(`${root}/${path}/${shown ?? "•••"}`);
      copy.prop("disabled", secret === undefined || isVariable(secret) || path === "");
    },
    tell(running: Running | undefined) {
      const at = running?.lastCallbackAt;
      const time = at ? new Date(at).toLocaleString() : "";
      if (running?.listening === undefined) last.text(t("callback.undeployed"));
      else if (!running.listening) last.text(t("callback.deaf"));
      else last.text(at ? t("callback.last", { time }) : t("callback.none"));
    },
  };
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
