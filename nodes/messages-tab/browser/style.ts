import { h } from "./dom.ts";
import { WIDE } from "./split.ts";

/** Node-RED's own variables only: they follow the theme. The room's own width decides, in a sidebar as on a phone. */
const css = `
.messaging-phone { container-type: inline-size; height: 100%; display: flex; flex-direction: column; overflow: hidden;
  color: var(--red-ui-primary-text-color); background: var(--red-ui-secondary-background); font-size: 14px; line-height: 20px; text-align: left; }
.messaging-phone *, .messaging-phone *::before { box-sizing: border-box; }
.messaging-phone [hidden] { display: none !important; }
.messaging-phone h3 { margin: 0; font-size: 15px; line-height: 20px; font-weight: bold; color: inherit; }
.messaging-phone h3 small { font-size: 13px; font-weight: normal; color: inherit; }
.messaging-phone p { margin: 0; }
.messaging-phone button:focus-visible, .messaging-phone a:focus-visible, .messaging-phone textarea:focus-visible,
.messaging-phone iframe:focus-visible, .messaging-phone [tabindex]:focus-visible { outline: 2px solid var(--red-ui-form-input-focus-color); outline-offset: -2px; }
.messaging-phone .mp-bar { display: flex; align-items: stretch; flex: none; border-bottom: 1px solid var(--red-ui-primary-border-color); background: var(--red-ui-primary-background); }
.messaging-phone .mp-tabs { display: flex; flex-wrap: wrap; flex: 1; }
.messaging-phone .mp-tabs button { border: 0; border-bottom: 3px solid transparent; margin: 0; padding: 8px 7px 5px; background: none; color: inherit; font: inherit; font-size: 13px; cursor: pointer; }
.messaging-phone .mp-tabs button:hover { background: var(--red-ui-secondary-background-hover); }
.messaging-phone .mp-tabs button[aria-selected="true"] { border-bottom-color: var(--red-ui-form-input-focus-color); background: var(--red-ui-secondary-background); }
.messaging-phone .mp-tabs button.is-new::after { content: "●"; margin-left: 3px; font-size: 9px; vertical-align: super; line-height: 1; color: var(--red-ui-text-color-error); }
.messaging-phone .mp-corner { flex: none; align-self: center; padding: 6px 8px; color: inherit; font-size: 16px; text-decoration: none; }
.messaging-phone .mp-body { flex: 1; min-height: 0; display: flex; }
.messaging-phone .mp-panel { flex: 1; min-width: 0; min-height: 0; display: flex; flex-direction: column; overflow: auto; }
.messaging-phone .mp-empty, .messaging-phone .mp-trouble { padding: 14px 12px; }
.messaging-phone .mp-trouble { color: var(--red-ui-text-color-error); border-bottom: 1px solid var(--red-ui-primary-border-color); }
.messaging-phone .mp-trouble a { color: inherit; text-decoration: underline; }
.messaging-phone .mp-unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.messaging-phone .mp-split { flex: 1; min-height: 0; display: flex; }
.messaging-phone .mp-split > .mp-list { flex: 1; min-width: 0; overflow: auto; }
.messaging-phone .mp-split.is-open > .mp-list { display: none; }
.messaging-phone .mp-detail { flex: 1; min-width: 0; min-height: 0; display: flex; flex-direction: column; }
.messaging-phone .mp-detail-body { flex: 1; min-height: 0; display: flex; flex-direction: column; }
.messaging-phone .mp-button { flex: none; margin: 0; padding: 4px 10px; min-height: 30px; border: 1px solid var(--red-ui-form-input-border-color); border-radius: 4px;
  background: var(--red-ui-form-button-background); color: var(--red-ui-primary-text-color); font: inherit; cursor: pointer; }
.messaging-phone .mp-button:hover { background: var(--red-ui-secondary-background-hover); }
.messaging-phone .mp-head { flex: none; display: flex; align-items: center; gap: 10px; padding: 6px 12px; overflow-wrap: anywhere; }
.messaging-phone .mp-head h3 { flex: 1; min-width: 0; }
.messaging-phone .mp-back { padding: 0 12px; font-size: 20px; line-height: 26px; }
.messaging-phone .mp-list, .messaging-phone .mp-log { list-style: none; margin: 0; padding: 0; }
.messaging-phone .mp-list li { margin: 0; line-height: 20px; }
.messaging-phone .mp-row, .messaging-phone .mp-result { display: block; width: 100%; margin: 0; padding: 8px 12px; border: 0; border-bottom: 1px solid var(--red-ui-secondary-border-color);
  background: none; color: inherit; font: inherit; text-align: left; }
.messaging-phone .mp-row { cursor: pointer; }
.messaging-phone .mp-row:hover { background: var(--red-ui-secondary-background-hover); }
.messaging-phone .mp-row[aria-current="true"] { background: var(--red-ui-secondary-background-selected); }
.messaging-phone .mp-line { display: flex; flex-wrap: wrap; gap: 0 8px; justify-content: space-between; overflow-wrap: anywhere; }
.messaging-phone .mp-line > * { min-width: 0; }
.messaging-phone .mp-preview { display: block; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.messaging-phone time { font-variant-numeric: tabular-nums; white-space: nowrap; }
.messaging-phone .mp-new { padding: 0 6px; border: 1px solid currentColor; border-radius: 9px; font-size: 12px; line-height: 17px; }
.messaging-phone .mp-link { margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-decoration: underline; text-align: left; cursor: pointer; overflow-wrap: anywhere; }
.messaging-phone .mp-state { white-space: normal; }
.messaging-phone .mp-tick { display: inline-block; margin-right: 4px; letter-spacing: -3px; padding-right: 3px; font-weight: bold; }
.messaging-phone .mp-state.is-bad { color: var(--red-ui-text-color-error); font-weight: bold; }
.messaging-phone .mp-phone { flex: 1; min-height: 0; width: calc(100% - 16px); max-width: 440px; margin: 0 auto 8px; display: flex; flex-direction: column; overflow: hidden;
  border: 2px solid var(--red-ui-tertiary-border-color); border-radius: 14px; background: var(--red-ui-primary-background); }
.messaging-phone .mp-log { flex: 1; min-height: 60px; overflow: auto; padding: 10px; display: flex; flex-direction: column; gap: 8px; }
.messaging-phone .mp-bubble { flex: none; align-self: flex-start; max-width: 88%; padding: 7px 11px; border: 1px solid var(--red-ui-primary-border-color); border-radius: 4px 14px 14px 14px;
  background: var(--red-ui-secondary-background); line-height: 20px; }
.messaging-phone .mp-bubble.is-own { align-self: flex-end; border-radius: 14px 4px 14px 14px; background: var(--red-ui-list-item-background-selected); }
.messaging-phone .mp-bubble p { white-space: pre-wrap; overflow-wrap: anywhere; }
.messaging-phone .mp-facts { display: flex; flex-wrap: wrap; gap: 0 10px; font-size: 12px; line-height: 17px; overflow-wrap: anywhere; }
.messaging-phone .mp-image img { display: block; max-width: 100%; max-height: 240px; margin: 2px 0 6px; border-radius: 8px; }
.messaging-phone .mp-reply { margin: 0; display: flex; gap: 6px; align-items: flex-end; padding: 6px; background: var(--red-ui-secondary-background); border-top: 1px solid var(--red-ui-primary-border-color); }
.messaging-phone .mp-reply textarea { flex: 1; min-width: 0; width: auto; height: 32px; min-height: 32px; field-sizing: content; max-height: 110px; margin: 0; padding: 5px 8px; resize: none; border: 1px solid var(--red-ui-form-input-border-color); border-radius: 4px;
  background: var(--red-ui-form-input-background); color: var(--red-ui-form-text-color); font: inherit; }
.messaging-phone .mp-reply textarea::placeholder { color: var(--red-ui-form-placeholder-color); }
.messaging-phone .mp-note { padding: 6px 12px 8px; font-size: 12px; line-height: 17px; background: var(--red-ui-secondary-background); }
.messaging-phone .mp-note:empty { display: none; }
.messaging-phone .mp-mail { flex: 1; min-height: 0; display: flex; flex-direction: column; }
.messaging-phone .mp-mail-head { flex: none; padding: 10px 12px; border-bottom: 1px solid var(--red-ui-secondary-border-color); overflow-wrap: anywhere; }
.messaging-phone .mp-mail-body { flex: 1; min-height: 0; display: flex; }
.messaging-phone .mp-mail-body iframe { flex: 1; width: 100%; min-height: 120px; border: 0; background: Canvas; color-scheme: light; }
.messaging-phone .mp-mail-body pre { flex: 1; margin: 0; padding: 12px; border: 0; overflow: auto; background: none; color: inherit; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
.messaging-phone .mp-mail-body em { padding: 12px; }
.messaging-phone .mp-results { flex: none; }
@container (min-width: ${WIDE}px) {
  .messaging-phone .mp-split > .mp-list, .messaging-phone .mp-split.is-open > .mp-list { display: block; flex: none; width: 240px; border-right: 1px solid var(--red-ui-primary-border-color); }
  .messaging-phone .mp-back { display: none; }
}
html:has(> .messaging-page), .messaging-page { margin: 0; height: 100%; overflow: hidden; font-family: var(--red-ui-primary-font); background: var(--red-ui-secondary-background); }
.messaging-page main { height: 100%; }
`;

export function addStyle(): void {
  document.head.append(h("style", {}, css));
}
