// Node-RED settings of the demo: local, quiet, nothing phones home.
module.exports = {
  uiHost: "127.0.0.1",
  flowFile: "flows.json",
  flowFilePretty: true,
  // The demo holds no secret: its account is in sandbox mode and has no credentials.
  credentialSecret: false,
  telemetry: { enabled: false },
  externalModules: { autoInstall: false, palette: { allowInstall: true } },
  editorTheme: { tours: false, header: { title: "node-red-contrib-messaging: sandbox" } },
  logging: { console: { level: "info", metrics: false, audit: false } },
};
