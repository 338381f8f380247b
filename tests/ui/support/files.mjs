// Files as people have them, made here.
import { gzipSync } from "node:zlib";

/** After a letter the next one; sentences of the alphabet, `bytes` long. */
export function alphabetText(bytes) {
  return "abcdefghijklmnopqrstuvwxyz ".repeat(Math.ceil(bytes / 27)).slice(0, bytes);
}

/** A page has some 3,000 characters. */
export function story(pages) {
  const sentence = (n) => `On day ${n} the boats of the harbour went out, and ${n % 7 === 0 ? "none" : "all"} of them came back. `;
  let text = "";
  for (let n = 1; text.length < 3000 * pages; ++n) text += sentence(n) + (n % 5 === 0 ? "\n\n" : "");
  return text.slice(0, 3000 * pages);
}

function tarMember(name, content) {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${data.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0", 257);
  header.write("00", 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

export function tarGz(files) {
  const members = Object.entries(files).map(([name, content]) => tarMember(name, content));
  return gzipSync(Buffer.concat([...members, Buffer.alloc(1024)]));
}

/** A zstd frame that holds its content as it is, up to 255 bytes of it. */
export function zst(content) {
  const data = Buffer.from(content);
  const block = Buffer.alloc(3);
  block.writeUIntLE((data.length << 3) | 1, 0, 3);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, data.length]), block, data]);
}

export const file = (name, content, mimeType = "application/octet-stream") => ({ name, mimeType, buffer: Buffer.from(content) });
