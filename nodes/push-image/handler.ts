import { invalid } from "../../src/error.ts";
import { asId } from "../../src/json.ts";
import type { Run } from "../kit/run.ts";
import { notSupported } from "../kit/not-supported.ts";
import { countBadge } from "../kit/status.ts";
import type { definition } from "./definition.ts";

/** The bytes of an image that was sent by push, with their type in `msg.contentType`. */
export const run: Run<typeof definition.fields> = async (fields, { account, call, also, show }) => {
  const { downloadImage } = account.provider.operations;
  if (!downloadImage) throw notSupported(account, "noImages");
  const id = asId(fields.image);
  if (id === undefined)
    throw invalid('The field "image" is no id: give the image\'s id as a search of pushes shows it.');
  const { body, contentType } = await account.perform(call, (session) => downloadImage(session, id));
  also({ contentType });
  show(countBadge("green", `${Math.ceil(body.length / 1024)} KB`));
  return body;
};
