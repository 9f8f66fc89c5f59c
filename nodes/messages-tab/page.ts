/** What the page may load: its own parts of this Node-RED, and nothing that a message names. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/**
 * The page of the phones: empty, and the same for everybody. Its script asks for the data with the token that the editor
 * keeps in this browser. Paths are relative, so that it works wherever httpAdminRoot is.
 */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Messages</title>
<link rel="stylesheet" href="../red/style.min.css">
<link rel="icon" href="../favicon.ico">
</head>
<body>
<main id="messaging-page"></main>
<script src="../resources/node-red-contrib-messaging/messages.js"></script>
</body>
</html>
`;
