import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, loadEnv } from "vite";

// "npm run dev" shows the page with the answers of a server at RMTLM_SERVER.
const ASKED = ["/v1", "/props", "/readyz", "/health", "/metrics", "/tokenizer_info", "/openapi.json"];

// The page's policy lets nothing in but its own files: nothing is inlined, and nothing comes from elsewhere.
export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, ".", "RMTLM_").RMTLM_SERVER ?? "http://127.0.0.1:8080";
  return {
    plugins: [svelte()],
    base: "/",
    build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
    server: { proxy: Object.fromEntries(ASKED.map((path) => [path, { target, ws: true }])) },
  };
});
