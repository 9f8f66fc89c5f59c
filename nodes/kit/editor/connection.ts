import type { StateReport, TestReport } from "../account-reports.ts";
import { askAccount } from "./account-draft.ts";
import { failureLines, refusalOf } from "./failures.ts";
import { locale, moment, viewerLanguage } from "./locale.ts";
import type { Problem } from "./problems.ts";
import type { EditorNode, Translate } from "./red.ts";
import { LABEL_WIDTH } from "./widths.ts";

type Balance = TestReport["balances"][number];
type Unlisted = TestReport["unlisted"][number];

export const connectionCss = `
.messaging-form .messaging-connection { margin: 4px 0 12px ${LABEL_WIDTH}px; max-width: 430px; }
.messaging-form .messaging-connection [role="status"], .messaging-form .messaging-state { font-size: 12px; line-height: 18px;
  color: var(--red-ui-primary-text-color); overflow-wrap: anywhere; }
.messaging-form .messaging-connection [role="status"] > * { margin-top: 4px; }
.messaging-form .messaging-connection small { display: block; line-height: 16px; }
.messaging-form .messaging-connection small, .messaging-form .messaging-state { color: var(--red-ui-secondary-text-color); }
.messaging-form .messaging-connection .messaging-hint { margin-left: 0; }
.messaging-form .messaging-good { font-weight: bold; }
.messaging-form .messaging-bad { color: var(--red-ui-text-color-error); }
.messaging-form .messaging-state { margin-top: 8px; }
`;

/** Puts the test of the account and the state of the deployed one above what is folded. `problems` are the form's own. */
export function addConnection(
  form: JQuery,
  node: EditorNode,
  problems: () => Readonly<Record<string, Problem>>,
  t: Translate,
): void {
  const button = $('<button type="button" class="red-ui-button messaging-test">').text(t("account.test"));
  const hint = $('<div class="messaging-hint">').text(t("account.testHint"));
  const result = $('<div role="status">');
  const state = $('<div class="messaging-state">');
  const element = $('<div class="messaging-connection">').append(button, hint, result, state);
  form.children("details").first().before(element);
  const showState = () => void stateLines(node, t).then((lines) => state.empty().append(lines));
  button.on("click", () => {
    // A disabled button would lose the focus of who works by keyboard.
    if (button.attr("aria-disabled") === "true") return;
    button.attr("aria-disabled", "true");
    result.empty().append($("<div>").text(t("account.testing")));
    void testLines(node, problems(), t).then((lines) => {
      result.empty().append(lines);
      button.removeAttr("aria-disabled");
      showState();
    });
  });
  showState();
}

/** What a test came to. Never rejects. */
async function testLines(node: EditorNode, problems: Readonly<Record<string, Problem>>, t: Translate) {
  const wrong = Object.entries(problems).find(([, problem]) => problem !== undefined);
  if (wrong) {
    const [name, problem = ""] = wrong;
    return [bad(t("account.correct", { field: t(`field.${name}`), problem }))];
  }
  try {
    return reportLines(await askAccount<TestReport>(node, "test"), t);
  } catch (failure) {
    return [bad(refusalOf(failure, t))];
  }
}

function reportLines({ mode, host = "", error, balances, signIn, unlisted }: TestReport, t: Translate): JQuery[] {
  if (mode === "off") return [line(t("account.off"))];
  if (error) return failureLines(error, host, t);
  const works = mode === "sandbox" ? t("account.worksSandbox") : t("account.works", { host });
  return [
    $('<div class="messaging-good">').text(`✓ ${works}`),
    ...(balances.length > 0 ? [line(t("account.balance", { balance: balances.map(amountIn(t)).join(", ") }))] : []),
    ...(signIn ? [line(signInText(signIn, t))] : []),
    ...unlisted.map((one) => bad(t("account.unlisted", { name: one.name, known: knownNames(one, t) }))),
  ];
}

function knownNames({ known, more }: Unlisted, t: Translate): string {
  const names = known.join(", ") || "–";
  return more === undefined ? names : t("account.andMore", { names, count: more });
}

function amountIn(t: Translate): (balance: Balance) => string {
  return ({ channel, balance, unit, currency }) => {
    const count = balance.toLocaleString(locale());
    if (unit === "messages") return channel === "email" ? t("account.emails", { count }) : t("account.sms", { count });
    return currency === undefined ? t("account.credit", { count }) : money(balance, currency);
  };
}

/** A currency that the browser does not know is written as the provider does. */
function money(amount: number, currency: string): string {
  try {
    return amount.toLocaleString(locale(), { style: "currency", currency });
  } catch {
    return `${amount.toLocaleString(locale())} ${currency}`;
  }
}

/** How the deployed account has fared. Never rejects. */
async function stateLines({ type, id }: EditorNode, t: Translate): Promise<JQuery[]> {
  let state: StateReport;
  try {
    const url = `messaging/${type}/${encodeURIComponent(id)}`;
    state = (await $.getJSON(url, { lang: viewerLanguage() })) as StateReport;
  } catch {
    // Who may not see it sees nothing.
    return [];
  }
  const { mode, signIn, lastError, problem } = state;
  if (mode === undefined) return [line(t("account.undeployed"))];
  return [
    line(`${t("account.deployed", { mode: t(`mode.${mode}`) })} ${lastWork(state, t)}`),
    ...(signIn ? [line(signInText(signIn, t))] : []),
    ...(problem ? failureLines(problem, "", t) : []),
    ...(lastError
      ? [
          bad(t("account.lastError", { error: t(`error.${lastError.code}`), time: when(lastError.at) })),
          $('<small lang="en">').text(lastError.message),
        ]
      : []),
  ];
}

/** That a provider answers says little: a web page, or a refusal, is an answer too. */
function lastWork({ lastSuccessAt, lastError }: StateReport, t: Translate): string {
  if (lastSuccessAt !== undefined) return t("account.lastSuccess", { time: when(lastSuccessAt) });
  return lastError ? t("account.noSuccess") : t("account.noRequest");
}

function signInText({ since, until }: NonNullable<StateReport["signIn"]>, t: Translate): string {
  if (since === undefined) return t("account.notSignedIn");
  return until === undefined ? t("account.signedIn") : t("account.signedInUntil", { time: when(until) });
}

/** In the viewer's own time; of today without the day. */
function when(at: number): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? date.toLocaleTimeString(locale()) : moment(at);
}

function line(text: string): JQuery {
  return $("<div>").text(text);
}

function bad(text: string): JQuery {
  return $('<div class="messaging-bad">').text(text);
}
