import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { imageFile, imageType, MAX_IMAGE_BYTES } from "../../src/image.ts";
import type { ImageFile } from "../../src/message.ts";
import { failure } from "../support/failure.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const JPEG = Buffer.from("ffd8ffe000104a464946", "hex");
const GIF = Buffer.from("GIF89a\u0001\u0000\u0001", "latin1");

async function bytesOf(image: ImageFile): Promise<Buffer> {
  const content = image.open();
  return Buffer.isBuffer(content) ? content : buffer(content);
}

describe("an image", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "image-"));
  });

  after(() => rm(folder, { recursive: true }));

  it("is told by its first bytes, whatever its name or label", async () => {
    const cases = [
      [PNG, "image.png", "image/png"],
      [JPEG, "image.jpg", "image/jpeg"],
      [GIF, "image.gif", "image/gif"],
    ] as const;
    for (const [bytes, fileName, contentType] of cases) {
      const image = await imageFile(bytes);
      assert.deepEqual([image.fileName, image.contentType, image.size], [fileName, contentType, bytes.length]);
      assert.equal(imageType(bytes), contentType);
      const labelled = await imageFile(`data:image/webp;base64,${bytes.toString("base64")}`);
      assert.equal(labelled.contentType, contentType);
      assert.deepEqual(await bytesOf(labelled), bytes);
    }
  });

  it("keeps a Buffer instead of copying it, and any other bytes as well", async () => {
    assert.equal((await imageFile(PNG)).open(), PNG);
    const array = new Uint8Array([0, ...JPEG]).subarray(1);
    const content = (await imageFile(array)).open();
    assert.ok(Buffer.isBuffer(content));
    assert.deepEqual([content.buffer, content.byteOffset, content.length], [array.buffer, 1, JPEG.length]);
  });

  it("is read from its file when it is opened, and again when it is opened again", async () => {
    const path = join(folder, "foto di città.png");
    await writeFile(path, PNG);
    for (const input of [path, pathToFileURL(path).href]) {
      const image = await imageFile(input);
      assert.deepEqual([image.fileName, image.contentType, image.size], ["foto_di_citt_.png", "image/png", PNG.length]);
      assert.ok(image.open() instanceof Readable);
      assert.deepEqual(await bytesOf(image), PNG);
      assert.deepEqual(await bytesOf(image), PNG);
    }
  });

  it("is never longer than it was when it was looked at", async () => {
    const path = join(folder, "growing.png");
    await writeFile(path, PNG);
    const image = await imageFile(path);
    await writeFile(path, Buffer.concat([PNG, PNG]));
    assert.deepEqual(await bytesOf(image), PNG);
  });

  it("has a limit of 5 MB, or another, with an error that names both sizes", async () => {
    const large = Buffer.concat([PNG, Buffer.alloc(MAX_IMAGE_BYTES)]);
    assert.equal((await imageFile(large.subarray(0, MAX_IMAGE_BYTES))).size, MAX_IMAGE_BYTES);
    const path = join(folder, "large.png");
    await writeFile(path, PNG);
    await truncate(path, MAX_IMAGE_BYTES + 1);
    for (const input of [large, `data:image/png;base64,${large.toString("base64")}`, path]) {
      const error = await failure(imageFile(input));
      assert.equal(error.code, "INVALID_MESSAGE");
      assert.match(error.message, /has 5121 KB; at most 5120 KB/);
    }
    assert.match((await failure(imageFile(PNG, 10))).message, /at most 1 KB/);
  });

  it("may be a Buffer that went through JSON", async () => {
    const file = await imageFile(JSON.parse(JSON.stringify(PNG)));
    assert.deepEqual(file.open(), PNG);
  });

  it("that is none, or cannot be read, is refused with what to do", async () => {
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "text.png"), "not a picture");
    await writeFile(join(folder, "empty.png"), "");
    const cases: [unknown, RegExp][] = [
      [undefined, /image is missing.*Buffer/],
      ["", /image is missing/],
      [{ data: PNG }, /image is an object.*Buffer/],
      [42, /image is a number/],
      [[1], /image is a list/],
      [{ type: "Buffer", data: [60, 115] }, /no PNG, JPEG or GIF/],
      [Buffer.alloc(0), /is empty/],
      [Buffer.from("<svg>"), /no PNG, JPEG or GIF/],
      ["data:image/png,abc", /must be in base64/],
      ["data:image/png;base64", /must be in base64/],
      ["La caldera\nse detuvo", /no file's path/],
      ["x".repeat(5000), /no file's path/],
      [join(folder, "absent.png"), /no image file "absent.png".*where Node-RED runs/],
      [join(folder, "sub"), /"sub" is (not a file|a folder)/],
      [join(folder, "text.png"), /no PNG, JPEG or GIF/],
      [join(folder, "empty.png"), /is empty/],
      ["file://elsewhere/a.png", /does not name a local file|no image file/],
    ];
    for (const [input, says] of cases) {
      const error = await failure(imageFile(input));
      assert.deepEqual([error.code, error.cause.outcome, error.cause.attempts], ["INVALID_MESSAGE", "rejected", 0]);
      assert.match(error.message, says);
      assert.ok(!error.message.includes(folder), "an error shows a file's name, not where it is");
    }
  });
});
