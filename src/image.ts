import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { invalid } from "./error.ts";
import { isRecord } from "./json.ts";
import type { ImageFile } from "./message.ts";

/** No provider's document names a limit; this is more than any phone shows, and keeps a mistaken file from being sent. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;

/** The bytes that tell the kind of an image. */
const HEAD_BYTES = 8;

/** Longer texts are not paths, whatever they are. */
const MAX_PATH = 4096;

const KINDS: readonly { contentType: ImageFile["contentType"]; extension: string; head: readonly number[] }[] = [
  { contentType: "image/png", extension: "png", head: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { contentType: "image/jpeg", extension: "jpg", head: [0xff, 0xd8, 0xff] },
  { contentType: "image/gif", extension: "gif", head: [0x47, 0x49, 0x46, 0x38] },
];

/**
 * An image from what a flow has: a Buffer, a data URL, or the path (or file: URL) of a file. A Buffer is kept, not copied; a
 * file is looked at only, and read when the request is written. Its kind is told by its first bytes: PNG, JPEG or GIF.
 * `maxBytes` is the size limit in bytes. Rejects with INVALID_MESSAGE.
 */
export async function imageFile(input: unknown, maxBytes = MAX_IMAGE_BYTES): Promise<ImageFile> {
  if (input instanceof Uint8Array) return fromBytes(asBuffer(input), maxBytes);
  if (isJsonBuffer(input)) return fromBytes(Buffer.from(input.data), maxBytes);
  if (input === undefined || input === null || input === "") throw invalid(`The image is missing. ${WANTED}`);
  if (typeof input !== "string") throw invalid(`The image is ${kindOfValue(input)}. ${WANTED}`);
  if (input.trim() === "") throw invalid(`The image is missing. ${WANTED}`);
  if (/^data:/i.test(input)) return fromBytes(fromDataUrl(input, maxBytes), maxBytes);
  return fromFile(asPath(input), maxBytes);
}

/** The content type of an image by its first bytes; undefined when it is no PNG, JPEG or GIF. */
export function imageType(bytes: Uint8Array): ImageFile["contentType"] | undefined {
  return kindOf(bytes)?.contentType;
}

const WANTED = "Give a Buffer with a PNG, JPEG or GIF, a data URL (data:image/png;base64,…), or the path of a file.";

function kindOf(bytes: Uint8Array) {
  return KINDS.find(({ head }) => head.every((byte, index) => bytes[index] === byte));
}

/** A Buffer that went through JSON, as over MQTT. */
function isJsonBuffer(input: unknown): input is { data: number[] } {
  return isRecord(input) && input.type === "Buffer" && Array.isArray(input.data);
}

function kindOfValue(input: unknown): string {
  return Array.isArray(input) ? "a list" : `a${typeof input === "object" ? "n" : ""} ${typeof input}`;
}

/** The same memory, seen as a Buffer. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fromBytes(bytes: Buffer, maxBytes: number): ImageFile {
  const kind = checked(bytes, bytes.length, maxBytes);
  return {
    fileName: `image.${kind.extension}`,
    contentType: kind.contentType,
    size: bytes.length,
    open: () => bytes,
  };
}

function fromDataUrl(url: string, maxBytes: number): Buffer {
  const comma = url.indexOf(",");
  if (comma < 0 || !/;base64$/i.test(url.slice(0, comma))) {
    throw invalid("The image's data URL must be in base64: data:image/png;base64,…");
  }
  // Base64 takes 4 characters for 3 bytes: what is far too long is not decoded at all.
  if ((url.length - comma) * 0.75 > maxBytes + 3) throw tooLarge(Math.floor((url.length - comma) * 0.75), maxBytes);
  return Buffer.from(url.slice(comma + 1), "base64");
}

function asPath(text: string): string {
  if (text.length > MAX_PATH || /[\0\r\n]/.test(text))
    throw invalid(`The image is a text that is no file's path. ${WANTED}`);
  if (!/^file:/i.test(text)) return text;
  try {
    return fileURLToPath(text);
  } catch {
    throw invalid("The image's file: URL does not name a local file.");
  }
}

async function fromFile(path: string, maxBytes: number): Promise<ImageFile> {
  const { head, size } = await look(path);
  const { contentType } = checked(head, size, maxBytes);
  return {
    // Plain letters only, so that every server reads the header of its part alike.
    fileName: basename(path).replace(/[^\w.-]/g, "_"),
    contentType,
    size,
    // Never more than was announced, should the file grow meanwhile; each retry opens it anew.
    open: () => createReadStream(path, { end: size - 1 }),
  };
}

async function look(path: string): Promise<{ head: Buffer; size: number }> {
  try {
    const file = await open(path);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw invalid(`The image ${named(path)} is not a file.`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return { head: buffer.subarray(0, bytesRead), size: stat.size };
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw invalid(`There is no image file ${named(path)}. Check the path; it is seen from where Node-RED runs.`);
    if (code === "EACCES" || code === "EPERM")
      throw invalid(`The image file ${named(path)} may not be read by Node-RED.`);
    if (code === "EISDIR") throw invalid(`The image ${named(path)} is a folder. Give the path of a file.`);
    throw error;
  }
}

/** The end of a path, enough to recognise it. */
function named(path: string): string {
  return JSON.stringify(basename(path).slice(0, 60));
}

function checked(head: Uint8Array, size: number, maxBytes: number) {
  if (size === 0) throw invalid("The image is empty.");
  if (size > maxBytes) throw tooLarge(size, maxBytes);
  const kind = kindOf(head);
  if (!kind)
    throw invalid("The image is no PNG, JPEG or GIF: its first bytes are those of none of them. Convert it first.");
  return kind;
}

function tooLarge(size: number, maxBytes: number) {
  const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1024)} KB`;
  return invalid(
    `The image has ${kilobytes(size)}; at most ${kilobytes(maxBytes)} can be sent. Make it smaller first.`,
  );
}
