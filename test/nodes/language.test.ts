import { strict as assert } from "node:assert";
import { NodeRedProcess, type NodeRedOptions } from "../support/node-red-process.ts";

const ACCOUNT = { type: "connectus-account", name: "Ops", country: "CL", timeZone: "America/Santiago" };
const CREDENTIALS = { unreachable: { accountId: "4711", apiKey: "a-very-secret-key" } };
const TO = { p: "to", v: "+56990324203", vt: "str" };
const TEXT = { p: "payload", v: "Hola", vt: "str" };

/** Node-RED takes a node without a position for a config node. */
const PLACE = { z: "flow", x: 1, y: 1 };

/** A send-sms, and what is sent to it once Node-RED has started. */
function sms(id: string, properties: object, ...sent: object[]): object[] {
  const fields = { to: "to", toType: "msg", text: "payload", textType: "msg" };
  const account = { provider: "connectus", connectus: "tried-out" };
  return [
    { ...PLACE, ...fields, ...account, id, type: "send-sms", wires: [[]], ...properties },
    { ...PLACE, id: `inject-${id}`, type: "inject", props: sent, once: true, onceDelay: 0.1, wires: [[id]] },
  ];
}

/** What a newcomer does wrong, and a Catch node behind it that shows what it gets. */
const FLOW = [
  { id: "flow", type: "tab", label: "flow" },
  { ...ACCOUNT, id: "tried-out", mode: "sandbox" },
  { ...ACCOUNT, id: "empty", mode: "live" },
  { ...ACCOUNT, id: "unreachable", mode: "live", baseUrl: "https://127.0.0.1:9" },
  { id: "outbox", type: "messaging-outbox", store: "postgres" },
  ...sms("nobody", { sandboxPhone: true }, TEXT),
  ...sms("unfilled", {}, TEXT),
  ...sms("mistyped", {}, { ...TO, v: "12" }, TEXT),
  ...sms("accountless", { connectus: "" }, TO, TEXT),
  ...sms("keyless", { connectus: "empty" }, TO, TEXT),
  ...sms("fails", { connectus: "unreachable" }, TO, TEXT),
  ...sms("unhonoured", { from: "ACME", fromType: "str" }, TO, TEXT),
  { ...PLACE, id: "hook", type: "webhook-in", provider: "connectus", path: "sms", wires: [[], []] },
  { ...PLACE, id: "caught", type: "catch", scope: ["fails"], wires: [["show"]] },
  { ...PLACE, id: "show", type: "debug", active: true, complete: "error", targetType: "msg", console: true },
];

/** What each node says, by language: of the sidebar a person reads just this. */
const SAID = {
  en: [
    /send-sms:nobody\] A message names no recipient: it went to the sandbox's own phone/,
    /send-sms:unfilled\] The field "to" is empty: msg\.to holds nothing\./,
    /send-sms:mistyped\] Not a phone number that can exist: •••12\. Write it with \+/,
    /send-sms:accountless\] No account is chosen\. Open the node and choose or add an account\./,
    /send-sms:keyless\] The account "Ops" has no "accountId"\. Open it, fill that in and deploy\./,
    /connectus-account:Ops\] The account "Ops" has no "accountId"\. Open it, fill that in and deploy\./,
    /send-sms:unhonoured\] Connectus cannot honour the field "from": messages are sent without it\./,
    /webhook-in:hook\] This webhook does not listen: it has no secret\./,
    /messaging-outbox:outbox\] This outbox has no connection string\. Open it, fill that in and deploy\./,
    /message: 'send_sms was not sent: 127\.0\.0\.1:9 refused the connection\./,
  ],
  es: [
    /send-sms:nobody\] Un mensaje no nombra destinatario: ha ido al teléfono propio del sandbox/,
    /send-sms:unfilled\] El campo «Para» está vacío: msg\.to no contiene nada\./,
    /send-sms:mistyped\] No es un número de teléfono que pueda existir: •••12\. Escríbelo con \+/,
    /send-sms:accountless\] No se ha elegido ninguna cuenta\. Abre el nodo y elige o crea una cuenta\./,
    /send-sms:keyless\] La cuenta «Ops» no tiene «ID de cuenta»\. Ábrela, rellénalo e instancia el flujo\./,
    /connectus-account:Ops\] La cuenta «Ops» no tiene «ID de cuenta»\. Ábrela, rellénalo e instancia el flujo\./,
    /send-sms:unhonoured\] Connectus no admite el campo «Remitente»: los mensajes se envían sin él\./,
    /webhook-in:hook\] Este webhook no escucha: no tiene secreto\./,
    /messaging-outbox:outbox\] Esta bandeja de salida no tiene cadena de conexión\./,
    /message: .127\.0\.0\.1:9 rechaza las conexiones\. .*No se ha enviado: .*\(En inglés: send_sms was not sent: /,
  ],
  it: [
    /send-sms:nobody\] Un messaggio non nomina alcun destinatario: è andato al telefono proprio della sandbox/,
    /send-sms:unfilled\] Il campo «A» è vuoto: msg\.to non contiene nulla\./,
    /send-sms:mistyped\] Non è un numero di telefono che possa esistere: •••12\. Scrivilo con \+/,
    /send-sms:accountless\] Non è stato scelto alcun account\. Apri il nodo e scegli o crea un account\./,
    /send-sms:keyless\] L'account «Ops» non ha «.+»\. Aprilo, inseriscilo e fai il deploy\./,
    /connectus-account:Ops\] L'account «Ops» non ha «.+»\. Aprilo, inseriscilo e fai il deploy\./,
    /send-sms:unhonoured\] Connectus non ammette il campo «Mittente»: i messaggi vengono inviati senza\./,
    /webhook-in:hook\] Questo webhook non è in ascolto: non ha un segreto\./,
    /messaging-outbox:outbox\] Questa posta in uscita non ha una stringa di connessione\./,
    /message: .127\.0\.0\.1:9 rifiuta le connessioni\. .*Non è stato inviato: .*\(In inglese: send_sms was not sent: /,
  ],
} as const;

/** A process that says no language. */
const SILENT = { LC_ALL: "C.UTF-8", LC_MESSAGES: "", LANG: "" };

const CASES: readonly (readonly [string, keyof typeof SAID, NodeRedOptions])[] = [
  ["English where nothing is said", "en", { environment: SILENT }],
  ["Spanish with lang in its settings", "es", { environment: SILENT, settings: { lang: "es" } }],
  ["Spanish in a Chilean process", "es", { environment: { LC_ALL: "es_CL.UTF-8" } }],
  ["Italian with lang in its settings", "it", { environment: SILENT, settings: { lang: "it-IT" } }],
];

describe("the language of warnings and errors", function () {
  this.timeout(180_000);

  for (const [title, language, options] of CASES) {
    it(`is ${title}`, async () => {
      const nodeRed = await NodeRedProcess.start({ flows: FLOW, credentials: CREDENTIALS, ...options });
      try {
        for (const sentence of SAID[language]) await nodeRed.shows(sentence);
        // Facts are the same in every language, and nothing secret comes out.
        await nodeRed.shows(/code: 'UNREACHABLE'/);
        await nodeRed.shows(/outcome: 'not-sent'/);
        assert.doesNotMatch(nodeRed.output, /a-very-secret-key/);
      } finally {
        await nodeRed.stop();
      }
    });
  }

  it("is the viewer's in forms, whatever that of the runtime is", async () => {
    const nodeRed = await NodeRedProcess.start({ flows: FLOW, settings: { lang: "es" } });
    const ask = async (path: string) => (await (await fetch(nodeRed.url + path)).json()) as Record<string, unknown>;
    const state = (language: string) => ask(`messaging/connectus-account/empty?lang=${language}`);
    const outbox = async (language: string) => JSON.stringify(await ask(`messaging/outbox/outbox?lang=${language}`));
    try {
      const { problem } = await state("it-IT");
      assert.match(JSON.stringify(problem), /"said":"L'account «Ops» non ha «.+»\. Aprilo/);
      assert.match(JSON.stringify(problem), /"message":"The account \\"Ops\\" has no/);
      assert.doesNotMatch(JSON.stringify(await state("en-GB")), /said/);
      assert.match(await outbox("it"), /Questa posta in uscita non ha una stringa di connessione/);
      assert.match(await outbox("en"), /This outbox has no connection string/);
      assert.match(await outbox("es-CL"), /Esta bandeja de salida no tiene cadena de conexión/);
    } finally {
      await nodeRed.stop();
    }
  });
});
