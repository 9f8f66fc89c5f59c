/**
 * Leaves a picture of every form in `test/.screenshots`, for a person to look at after a change to one:
 * `npm run build && node scripts/form-pictures.ts [language or node type …]`. Each as it opens, unfolded, with each option of
 * its choices, and dark; all nodes in all languages unless some are named.
 */
import { type NodeEntry, languages, loadNodes } from "./node-set.ts";
import { Editor } from "../test/support/browser.ts";
import { ANSWERED, everyForm, idOf, idOfFull } from "../test/support/every-form.ts";
import { NodeRedProcess } from "../test/support/node-red-process.ts";

/** Tall enough for the longest form. */
const SIZE = { width: 1400, height: 1500 };

const FORM = ".red-ui-tray-content .messaging-form >> nth=-1";

async function main(names: readonly string[]): Promise<void> {
  const all = await loadNodes();
  const wanted = <Name extends string>(known: readonly Name[]) => {
    const named = known.filter((name) => names.includes(name));
    return named.length > 0 ? named : known;
  };
  const types = wanted(all.map(({ type }) => type));
  const nodeRed = await NodeRedProcess.start({ flows: everyForm(all) });
  const editor = await Editor.open(nodeRed.url);
  try {
    await editor.page.setViewportSize(SIZE);
    for (const language of wanted(languages)) {
      await editor.speak(language);
      for (const node of all.filter(({ type }) => types.includes(type))) await takeAll(editor, node, language);
    }
  } finally {
    await editor.close();
    await nodeRed.stop();
  }
}

async function takeAll(editor: Editor, node: NodeEntry, language: string): Promise<void> {
  const { page } = editor;
  const take = (state: string) => editor.screenshot([language, node.type, state].join("-"), FORM);
  if (node.kind === "message") {
    await editor.show(node.type);
    await take("as-it-opens");
    await editor.press("#node-dialog-cancel");
    await editor.show(idOfFull(node.type));
  } else {
    await editor.editConfig(idOf(node.type), node.type);
    await take("as-it-opens");
  }
  await page.waitForFunction(ANSWERED);
  await editor.unfold();
  await take("whole");
  await page.emulateMedia({ colorScheme: "dark" });
  await take("whole-dark");
  await page.emulateMedia({ colorScheme: "light" });
  for (const { id, option } of await optionsOf(editor)) {
    const select = page.locator(`#${id}`);
    if (!(await select.isVisible())) continue;
    const before = await select.inputValue();
    await select.selectOption(option);
    await page.waitForFunction(ANSWERED);
    await take(`${id.replace(/^node-(config-)?input-/, "")}-${option}`);
    await select.selectOption(before);
  }
  await editor.press(node.kind === "message" ? "#node-dialog-cancel" : "#node-config-dialog-cancel");
}

/** What can be chosen in the form and is not, accounts and the like left out. */
function optionsOf(editor: Editor): Promise<{ id: string; option: string }[]> {
  return editor.page.evaluate(`[...document.querySelectorAll(".messaging-form .form-row > select[id]")]
    .flatMap((select) => [...select.options].filter((option) => !option.selected && !option.disabled && (option.dataset.i18n !== undefined || select.id.endsWith("-provider")))
      .map((option) => ({ id: select.id, option: option.value })))`);
}

await main(process.argv.slice(2));
