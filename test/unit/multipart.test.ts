import { strict as assert } from "node:assert";
import { once } from "node:events";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ImageFile } from "../../src/message.ts";
import { multipart } from "../../src/multipart.ts";

const BYTES = Buffer.from("GIF89a and more");

const image = (open: ImageFile["open"]): ImageFile => ({
  fileName: "a.gif",
  contentType: "image/gif",
  size: BYTES.length,
  open,
});

describe("a multipart body", () => {
  it("is read by others as it was meant, and is as long as it says", async () => {
    const parameters = { text: "ñ á €\r\n--boundary", empty: "", absent: undefined, count: 3 };
    const { type, body } = multipart(
      parameters,
      "file",
      image(() => BYTES),
    );
    const bytes = await buffer(body.open());
    assert.equal(bytes.length, body.length);
    const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
    assert.deepEqual([...form.keys()], ["text", "count", "file"]);
    assert.equal(form.get("text"), parameters.text);
    const file = form.get("file");
    assert.ok(file instanceof File);
    assert.deepEqual([file.name, file.type, Buffer.from(await file.arrayBuffer())], ["a.gif", "image/gif", BYTES]);
  });

  it("opens the image when it is read, anew each time, and gives the same bytes", async () => {
    let opened = 0;
    const { body } = multipart(
      { to: "1" },
      "file",
      image(() => (opened++, Readable.from([BYTES]))),
    );
    assert.equal(opened, 0);
    assert.deepEqual(await buffer(body.open()), await buffer(body.open()));
    assert.equal(opened, 2);
  });

  it("does not read ahead of who takes it, and closes the image when it is given up", async () => {
    let given = 0;
    const source = new Readable({
      read() {
        given += 1;
        this.push(Buffer.alloc(65_536));
      },
    });
    const { body } = multipart(
      { to: "1" },
      "file",
      image(() => source),
    );
    const stream = body.open();
    await once(stream, "readable");
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(given < 10, `${given} chunks were read without anyone taking them`);
    stream.destroy();
    await once(source, "close");
    assert.ok(source.destroyed);
  });

  it("fails when the image does", async () => {
    const source = new Readable({ read: () => source.destroy(new Error("disk")) });
    const { body } = multipart(
      { to: "1" },
      "file",
      image(() => source),
    );
    await assert.rejects(buffer(body.open()), /disk/);
  });
});
