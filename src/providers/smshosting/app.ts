import { MessagingError } from "../../error.ts";
import { imageType } from "../../image.ts";
import { asId } from "../../json.ts";
import type { Session } from "../../provider.ts";
import { asDigits, asE164 } from "./fields.ts";
import { without } from "./inserted.ts";
import { fetchRaw, post, readAnswer } from "./request.ts";

/** A link that invites a number to the apps which receive pushes. */
export async function invite(session: Session, to: string): Promise<{ to: string; url: string; raw: unknown }> {
  const answer = await post(session, "push/invitation", { to: asDigits(to) });
  const url = asId(answer.fields.url);
  if (url === undefined) throw without("url", answer);
  // The document shows it without a scheme: "cqui.it/5izKw2".
  const link = /^[a-z][a-z\d+.-]*:\/\//i.test(url) ? url : `https://${url}`;
  const named = asDigits(answer.fields.to);
  const invited = named === "" || named === asDigits(to) ? to : asE164(answer.fields.to, session.country);
  return { to: invited ?? to, url: link, raw: answer.raw };
}

/** The bytes of an image that was sent by push. */
export async function downloadImage(session: Session, id: string): Promise<{ body: Buffer; contentType: string }> {
  // An id is base64, so it may hold "/", "+" and "=".
  const operation = "push/multimedia";
  const reply = await fetchRaw(session, operation, `${operation}/${encodeURIComponent(id)}`);
  const contentType = imageType(reply.body);
  if (contentType) return { body: reply.body, contentType };
  const stated = reply.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (stated.startsWith("image/") && reply.body.length > 0) return { body: reply.body, contentType: stated };
  if (stated === "application/json") throw without("image", readAnswer(operation, reply));
  throw new MessagingError(
    `${operation} was answered with something that is no image. Check the id and the account's base URL.`,
    {
      code: "BAD_REPLY",
      outcome: "unknown",
      httpStatus: reply.status,
      attempts: 1,
    },
  );
}
