import { addStyle } from "./style.ts";
import { openPage } from "./page.ts";
import { addTab } from "./sidebar.ts";

// One script for both places: on the page there is no editor around it.
addStyle();
const page = document.getElementById("messaging-page");
if (page) openPage(page);
else addTab();
