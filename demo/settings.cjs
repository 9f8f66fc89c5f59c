// Node-RED settings of the demo: local, quiet, nothing phones home.
module.exports = {
  uiHost: "127.0.0.1",
  flowFile: "flows.json",
  flowFilePretty: true,
  // Made by demo/start.ts: whoever tries a real account here must not find its key in plain text on the disk.
  credentialSecret: process.env.MESSAGING_DEMO_SECRET,
  telemetry: { enabled: false },
  externalModules: { autoInstall: false, palette: { allowInstall: true } },
  editorTheme: { tours: false, header: { title: "node-red-contrib-messaging: sandbox" } },
  logging: { console: { level: "info", metrics: false, audit: false } },
};
