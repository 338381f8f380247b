// Files as people have them, made here.
import { gzipSync } from "node:zlib";

/** After a letter the next one; sentences of the alphabet, `bytes` long. */
export function alphabetText(bytes) {
  return "abcdefghijklmnopqrstuvwxyz ".repeat(Math.ceil(bytes / 27)).slice(0, bytes);
}

/** Numbers below a bound, as if drawn, and the same every time. */
function drawing(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % bound;
  };
}

/** A book of exercises in Lean: no page is like another, each has some 2,700 characters and its number above it. */
export function book(pages) {
  const below = drawing(20);
  const one = (all) => all[below(all.length)];
  const list = () => one(["xs", "ys", "xs.reverse", "ys.reverse", "(xs.filter p)", "(List.replicate n a)", "(xs.append ys)"]);
  const number = () => one(["n", "m", `${list()}.length`, `${list()}.length`, String(below(100))]);
  const claim = () =>
    one([`${number()} + ${number()} ${one(["=", "≤", "<"])} ${number()}`, `${list()} = ${list()}`, "Function.Injective f", "Function.Surjective f"]);
  const step = () => one(["assumption", "constructor", "contradiction", "exact h", "induction xs", "intro x", "refine h", "simp", "trivial"]);
  const exercise = (number) => {
    const steps = Array.from({ length: 1 + below(3) }, () => `  ${step()}\n`).join("");
    return `theorem exercise_${number} (h : ${claim()}) : ${claim()} := by\n${steps}\n`;
  };
  let text = "";
  for (let page = 1; page <= pages; ++page) {
    const end = text.length + 2650;
    text += `-- Page ${page}\n\n`;
    for (let n = 1; text.length < end; ++n) text += exercise(`${page}_${n}`);
  }
  return text;
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
