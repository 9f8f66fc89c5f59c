import { account } from "./account-node.ts";
import { config } from "./config-node.ts";
import { connectionCss } from "./connection.ts";
import { message } from "./message-node.ts";
import { modeCss, showModes } from "./mode-mark.ts";
import { pickCss } from "./pick.ts";
import { addStyle } from "./style.ts";

/** What the pages that the build makes call: one script for all nodes of the package. */
declare global {
  interface Window {
    messagingEditor?: { message: typeof message; account: typeof account; config: typeof config };
  }
}

// Each node's page loads this script, so that any of them can be disabled; the first load counts.
if (window.messagingEditor === undefined) {
  window.messagingEditor = { message, account, config };
  addStyle(connectionCss, pickCss, modeCss);
  showModes();
}
