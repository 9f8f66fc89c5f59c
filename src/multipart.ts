import { randomBytes } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import FormData from "form-data";
import { given } from "./form.ts";
import type { Parameters } from "./form.ts";
import type { StreamBody } from "./http-request.ts";
import type { ImageFile } from "./message.ts";

/**
 * Parameters and one image as a multipart body. The image is opened when the body is, and again should the request be made
 * again: nothing of a file is held in between.
 */
export function multipart(parameters: Parameters, name: string, image: ImageFile): { type: string; body: StreamBody } {
  // One boundary for all openings: the header that names it is written once.
  const boundary = `----${randomBytes(18).toString("hex")}`;
  const length = asForm(parameters, name, image, boundary, () => Readable.from([])).getLengthSync();
  const open = (): Readable => {
    const body = new PassThrough();
    let source: Readable | undefined;
    const form = asForm(parameters, name, image, boundary, () => {
      const content = image.open();
      source = Buffer.isBuffer(content) ? Readable.from([content]) : content;
      return source;
    });
    form.on("error", (error: Error) => body.destroy(error));
    // A request that is given up must not leave the file open.
    body.once("close", () => source?.destroy());
    return form.pipe(body);
  };
  return { type: `multipart/form-data; boundary=${boundary}`, body: { length, open } };
}

function asForm(
  parameters: Parameters,
  name: string,
  image: ImageFile,
  boundary: string,
  source: () => Readable,
): FormData {
  const form = new FormData();
  form.setBoundary(boundary);
  for (const [parameter, value] of given(parameters)) {
    // Without a charset some servers read accents as Latin-1.
    form.append(parameter, value, { contentType: "text/plain; charset=utf-8" });
  }
  // As a function, so that the image is opened when its turn comes, and not for counting the length.
  form.append(name, (next: (stream: Readable) => void) => next(source()), {
    filename: image.fileName,
    contentType: image.contentType,
    knownLength: image.size,
  });
  return form;
}
