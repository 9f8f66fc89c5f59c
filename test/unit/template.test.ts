import { strict as assert } from "node:assert";
import fc from "fast-check";
import { MessagingError } from "../../src/error.ts";
import { compileTemplate } from "../../src/template.ts";

/** Texts with all that means something to Mustache or HTML. */
const anyText = fc.string({
  unit: fc.constantFrom("a", "{", "}", "#", "/", "<", "&", "$", " ", "\n", "ñ", "😀", "\0"),
});

function refusal(work: () => unknown): string {
  try {
    return assert.fail(`gave ${String(work())}`);
  } catch (error) {
    assert.ok(error instanceof MessagingError, String(error));
    assert.equal(error.code, "INVALID_MESSAGE");
    return error.message;
  }
}

const fill = (text: string, view: Record<string, unknown> = {}) => compileTemplate(text)(view);

describe("a template", () => {
  it("is filled from a record, with paths, sections and lists", () => {
    const view = { name: "Ana", debt: 0, order: { id: 7 }, items: ["pan", "té"], paid: false };
    assert.equal(fill("{{name}} {{ order.id }} {{debt}}", view), "Ana 7 0");
    assert.equal(
      fill("{{#items}}<{{.}}>{{/items}}{{^paid}} due{{/paid}}{{#order}}{{name}}{{id}}{{/order}}", view),
      "<pan><té> dueAna7",
    );
    assert.equal(fill("{{items}}", view), "pan,té");
    assert.equal(fill("{{=<% %>=}}<%name%> {", { name: "Ana" }), "Ana {");
  });

  it("never escapes a text", () => {
    const view = { x: `<b> & "quoted" 'n' / = \`` };
    assert.equal(fill("{{x}}", view), view.x);
    assert.equal(fill("{{{x}}}{{&x}}", view), view.x + view.x);
    assert.equal(compileTemplate("{{x}}", { html: true })(view), view.x, "a body without a tag is text");
  });

  it("escapes {{x}} in HTML, and {{{x}}} never", () => {
    const render = compileTemplate("<p>{{x}}</p>{{{x}}}", { html: true });
    assert.equal(render({ x: "<i>&" }), "<p>&lt;i&gt;&amp;</p><i>&");
    assert.equal(compileTemplate("1 < 2 {{x}}", { html: true })({ x: "<" }), "1 < 2 <");
  });

  it("renders as nothing what the record lacks", () => {
    assert.equal(fill("a{{b}}{{c.d.e}}{{n}}{{u}}z", { c: null, n: null, u: undefined }), "az");
  });

  it("leaves a text without {{ alone, whatever is in it", () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => !text.includes("{{")),
        (text) => fill(text) === text,
      ),
    );
  });

  it("puts any text in unchanged", () => {
    fc.assert(fc.property(anyText, (x) => fill("<{{x}}|{{{x}}}>", { x }) === `<${x}|${x}>`));
  });

  it("never calls what is in the record", () => {
    let called = 0;
    const call = () => (called += 1);
    assert.equal(fill("{{f}}{{#f}}x{{/f}}{{o.f}}{{#l}}{{.}}{{/l}}", { f: call, o: { f: call }, l: [call] }), "");
    assert.equal(called, 0);
  });

  it("reads a record's own values only", () => {
    for (const name of [
      "constructor",
      "__proto__",
      "toString",
      "constructor.name",
      "x.__proto__.y",
      "list.length.constructor",
    ]) {
      assert.equal(fill(`{{${name}}}`, { x: {}, list: [] }), "", name);
    }
  });

  it("refuses an object as text, and says what to write", () => {
    for (const address of [{ street: "x" }, [{}], Buffer.from("x")]) {
      assert.match(
        refusal(() => fill("{{address}}", { address })),
        /is an object.*\{\{address\.street\}\}/,
      );
      assert.match(
        refusal(() => fill("{{{address}}}", { address })),
        /is an object/,
      );
    }
    assert.equal(fill("{{at}}", { at: new Date(0) }), "1970-01-01T00:00:00.000Z");
  });

  it("with an error in it is refused with the place, and none of its text", () => {
    const broken: [string, RegExp][] = [
      ["secret {{name", /without "}}" at character 8/],
      ["secret {{#name}} x", /unclosed section at character 19/],
      ["secret {{/name}}", /unopened section at character 8/],
      ["{{#secret}}{{/other secret}}", /unclosed section/],
      ["{{=secret}}", /has an error/],
    ];
    for (const [text, words] of broken) {
      const message = refusal(() => compileTemplate(text));
      assert.match(message, words);
      assert.doesNotMatch(message, /secret|name/);
    }
  });

  it("cannot hold Node-RED up: not by nesting, nor by blanks", () => {
    const view = { a: Array.from({ length: 20 }, () => 1) };
    const nested = `${"{{#a}}".repeat(12)}x${"{{/a}}".repeat(12)}`;
    const started = performance.now();
    assert.match(
      refusal(() => fill(nested, view)),
      /nested sections/,
    );
    assert.match(
      refusal(() => compileTemplate(`{{${" ".repeat(500_000)}`)),
      /without/,
    );
    assert.match(
      refusal(() => compileTemplate(`{{${" ".repeat(500_000)}}}`)),
      /too long/,
    );
    assert.ok(performance.now() - started < 5000);
  });

  it("can be filled again after a record that was too much for it", () => {
    const render = compileTemplate("{{#a}}{{#a}}{{#a}}x{{/a}}{{/a}}{{/a}}");
    refusal(() => render({ a: Array.from({ length: 100 }, () => 1) }));
    assert.equal(render({ a: [1] }), "x");
  });
});
