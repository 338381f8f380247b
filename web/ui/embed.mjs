// Builds the page and writes it as a C++ table:
//   node embed.mjs SOURCE MODULES WORK [TABLE.cpp]
// SOURCE is this folder and stays as it is; MODULES holds what npm ci fetched; WORK/dist is the page. Files are
// gzipped beside the table, which takes them in with .incbin.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const [source, modules, work, table] = process.argv.slice(2);
const SOURCES = ["index.html", "package.json", "svelte.config.js", "tsconfig.json", "vite.config.ts", "src", "public"];
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

// Modules are looked up from where the sources lie, so the sources are brought to them.
function build() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  for (const name of SOURCES) cpSync(join(source, name), join(work, name), { recursive: true });
  symlinkSync(modules, join(work, "node_modules"));
  const vite = join(modules, "vite", "bin", "vite.js");
  execFileSync(process.execPath, [vite, "build", "--logLevel", "warn"], { cwd: work, stdio: "inherit" });
}

function filesBelow(folder, prefix = "") {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${prefix}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(join(folder, entry.name), path) : [path];
    });
}

function writeTable() {
  const dist = join(work, "dist");
  const packed = join(work, "packed");
  mkdirSync(packed, { recursive: true });
  const data = [];
  const rows = [];
  filesBelow(dist).forEach((path, number) => {
    const type = TYPES[extname(path)];
    if (!type) throw new Error(`${path}: no content type is known for it`);
    const content = readFileSync(join(dist, path));
    const file = join(packed, `${number}.gz`);
    writeFileSync(file, gzipSync(content, { level: 9 }));
    const etag = createHash("sha256").update(content).digest("hex").slice(0, 32);
    const name = `rmt_ui_${number}`;
    data.push(`extern "C" const char ${name}[], ${name}_end[];`);
    data.push(
      `__asm__(".section .rodata\\n.global ${name}\\n${name}:\\n.incbin \\"${file}\\"\\n` +
        `.global ${name}_end\\n${name}_end:\\n.byte 0\\n.previous\\n");`,
    );
    const immutable = path.startsWith("/assets/");
    rows.push(`    {"${path}", "${type}", "\\"${etag}\\"", ${immutable}, ${name}, ${name}_end},`);
  });
  const text = [
    "// Written by web/ui/embed.mjs.",
    '#include "web/ui/embedded_file.h"',
    "",
    ...data,
    "",
    "namespace rmt::web {",
    "",
    "std::span<const EmbeddedFile> embedded_files() {",
    "  static const EmbeddedFile files[] = {",
    ...rows,
    "  };",
    "  return files;",
    "}",
    "",
    "}  // namespace rmt::web",
    "",
  ];
  writeFileSync(table, text.join("\n"));
}

build();
if (table) writeTable();
