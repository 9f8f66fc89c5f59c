import { LABEL_WIDTH } from "./widths.ts";

/**
 * Node-RED's form rows with labels wide enough for every language; one of two lines, which floats, keeps no hint away from its
 * control. Its own variables only: they follow the theme.
 */
const css = `
.messaging-form .form-row { display: flow-root; }
.messaging-form .form-row > label { float: left; width: ${LABEL_WIDTH}px; padding-right: 8px; box-sizing: border-box; margin-top: 7px; }
.messaging-form .form-row:has(ol) > label { float: none; }
.messaging-form .form-row:has(> input[type="checkbox"]) > label { margin-top: 0; }
.messaging-form .messaging-hint,
.messaging-form .messaging-problem { margin: 4px 0 0 ${LABEL_WIDTH}px; max-width: 430px; font-size: 12px; line-height: 16px; }
.messaging-form input[type="checkbox"] + .messaging-hint { margin-top: 2px; }
.messaging-form .messaging-hint { color: var(--red-ui-secondary-text-color); }
.messaging-form .messaging-problem { color: var(--red-ui-text-color-error); }
.messaging-form .messaging-live { margin: 4px 0 0 ${LABEL_WIDTH}px; max-width: 430px; font-size: 12px; line-height: 18px;
  color: var(--red-ui-secondary-text-color); overflow-wrap: anywhere; }
.messaging-form .messaging-live input { width: 230px; margin-bottom: 4px; }
.messaging-form .messaging-warning { color: var(--red-ui-text-color-warning); }
.messaging-form details { margin-top: 16px; border-top: 1px solid var(--red-ui-secondary-border-color); }
.messaging-form summary { padding: 8px 0; cursor: pointer; color: var(--red-ui-form-text-color); }
.messaging-form summary:focus-visible { outline: 1px solid var(--red-ui-form-input-focus-color); }
`;

/** Also that of parts which have theirs beside them. */
export function addStyle(...parts: readonly string[]): void {
  $("<style>")
    .text([css, ...parts].join(""))
    .appendTo("head");
}
