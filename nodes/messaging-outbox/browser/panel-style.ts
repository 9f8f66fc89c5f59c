/** Node-RED's own variables only: they follow the theme. */
export const css = `
.messaging-outbox { margin-top: 20px; border-top: 1px solid var(--red-ui-secondary-border-color); }
.messaging-outbox h4 { margin: 12px 0 8px; color: var(--red-ui-primary-text-color); }
.messaging-outbox .messaging-filter { display: flex; flex-wrap: wrap; gap: 4px; margin-bottom: 8px; }
.messaging-outbox .messaging-filter button[aria-pressed="true"] { border-color: var(--red-ui-form-input-focus-color); font-weight: bold; }
.messaging-outbox table { width: 100%; border-collapse: collapse; table-layout: fixed; color: var(--red-ui-primary-text-color); }
.messaging-outbox th, .messaging-outbox td { padding: 4px 6px; text-align: left; vertical-align: top; overflow-wrap: anywhere;
  border-bottom: 1px solid var(--red-ui-secondary-border-color); }
.messaging-outbox th { color: var(--red-ui-secondary-text-color); font-weight: normal; }
.messaging-outbox th:nth-child(2) { width: 40%; }
.messaging-outbox tr.messaging-followed td { border-bottom: none; }
.messaging-outbox tr.messaging-rest td { padding-top: 0; }
.messaging-outbox td small { color: var(--red-ui-secondary-text-color); }
.messaging-outbox td .messaging-error { color: var(--red-ui-text-color-error); font-size: smaller; }
.messaging-outbox td button { margin: 4px 4px 0 0; }
.messaging-outbox button:focus-visible { outline: 2px solid var(--red-ui-form-input-focus-color); }
.messaging-outbox .messaging-pages { display: flex; gap: 8px; align-items: center; margin-top: 8px; }
.messaging-outbox .messaging-note { min-height: 20px; color: var(--red-ui-secondary-text-color); }
`;
