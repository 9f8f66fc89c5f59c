import { Client } from "./client.ts";
import { h } from "./dom.ts";
import { phoneView } from "./view.ts";
import { t } from "./words.ts";

/** The part of Node-RED's editor that the tab uses. */
interface Red {
  readonly plugins: { registerPlugin(id: string, plugin: { type: string; onadd: () => void }): void };
  readonly sidebar: {
    addTab(options: {
      id: string;
      label: string;
      name: string;
      iconClass: string;
      content: Node;
      enableOnEdit: boolean;
    }): void;
    show(id: string): void;
  };
  readonly actions: { add(name: string, action: () => void): void };
  readonly user: { hasPermission(permission: string): boolean };
  readonly view: { reveal(node: string): void };
}

const TAB = "messaging-phone";

/** Adds the tab to the editor's sidebar. It asks for nothing before it is seen. */
export function addTab(): void {
  const { RED } = window as unknown as { RED: Red };
  const onadd = () => {
    const root = location.pathname;
    const attributes = { class: "mp-corner", href: "messaging/phone", target: "_blank", title: t("page.open") };
    const content = phoneView({
      client: new Client(root),
      mayReply: RED.user.hasPermission("flows.write"),
      corner: h("a", { ...attributes, "aria-label": t("page.open") }, h("span", { "aria-hidden": "true" }, "↗")),
      reveal: (node) => RED.view.reveal(node),
    });
    const options = { id: TAB, label: t("title"), name: t("title"), iconClass: "fa fa-comments-o" };
    RED.sidebar.addTab({ ...options, content, enableOnEdit: true });
    RED.actions.add("messaging:show-messages", () => RED.sidebar.show(TAB));
  };
  RED.plugins.registerPlugin("messaging-phone", { type: "messaging-sidebar", onadd });
}
