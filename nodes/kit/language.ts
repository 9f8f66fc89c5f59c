/** The languages of the package; a Spanish or Italian of any country counts. */
export const LANGUAGES = ["en-US", "es", "it"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Where a process says its language: the first one that is there counts, an empty one too. */
const VARIABLES = ["LC_ALL", "LC_MESSAGES", "LANG"];

/**
 * The language of a Node-RED: that of its settings, else of its process, as Node-RED itself chooses it (@node-red/util,
 * i18n.js). It is not asked for it, as whoever opens the editor in another language changes its answer.
 */
export function runtimeLanguage(settings: object, environment: NodeJS.ProcessEnv = process.env): Language {
  const { lang } = settings as { lang?: unknown };
  const variable = VARIABLES.find((name) => environment[name] !== undefined) ?? "";
  return languageNamed(lang || environment[variable]);
}

/** The one that a tag such as `es-CL` or a locale such as `it_IT.UTF-8` names; English where it is no other. */
export function languageNamed(tag: unknown): Language {
  const [base] = /^[a-z]{2}(?![a-z])/i.exec(String(tag)) ?? [];
  return LANGUAGES.find((language) => language === base?.toLowerCase()) ?? "en-US";
}
