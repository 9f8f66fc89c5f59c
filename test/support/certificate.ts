import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Object identifiers in DER: ecdsa-with-SHA256, commonName, subjectAltName, basicConstraints. */
const ECDSA_SHA256 = "06082a8648ce3d040302";
const COMMON_NAME = "0603550403";
const SUBJECT_ALT_NAME = "0603551d11";
const BASIC_CONSTRAINTS = "0603551d13";

/** A certificate signed by itself: X.509 v3 (RFC 5280), for a host name and for 127.0.0.1. */
export function selfSigned(hostName = "localhost", { days = 1 } = {}): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(hex(ECDSA_SHA256));
  const name = sequence(der(0x31, sequence(hex(COMMON_NAME), der(0x0c, Buffer.from(hostName)))));
  const names = sequence(der(0x82, Buffer.from(hostName)), der(0x87, Buffer.from([127, 0, 0, 1])));
  const contents = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    validity(days),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(
        sequence(hex(BASIC_CONSTRAINTS), der(0x04, sequence(hex("0101ff")))),
        sequence(hex(SUBJECT_ALT_NAME), der(0x04, names)),
      ),
    ),
  );
  const signature = sign("sha256", contents, privateKey);
  const certificate = sequence(contents, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`,
  };
}

/** From two days ago; negative `days` make it expired. */
function validity(days: number): Buffer {
  const at = (offset: number) => {
    const time = new Date(Date.now() + offset * 86_400_000).toISOString();
    return der(0x17, Buffer.from(time.replace(/^20|[-T:]|\.\d+/g, "")));
  };
  return sequence(at(-2), at(days));
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const { length: size } = body;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...contents: Buffer[]): Buffer {
  return der(0x30, ...contents);
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
