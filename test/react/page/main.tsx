import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { RealtimeProvider } from "../../../src/react/index.ts";
import { cell, useStore } from "../../../src/react/store.ts";
import { memoryClient, notificationOf } from "../support/memory-client.ts";
import { scenes } from "./scenes.tsx";
import { samples } from "./stage.ts";

// One scene, named in the address, with a client in memory that the test drives.

const query = new URLSearchParams(location.search);
const Scene = scenes[query.get("scene") ?? ""];
const root = document.getElementById("root");
if (!Scene || !root) throw new Error(`There is no such scene: ${location.search}`);

const count = Number(query.get("count") ?? -1);
const notifications =
  count < 0 ? samples(Date.now()) : Array.from({ length: count }, (_, n) => notificationOf({ id: `n${n}` }));
const memory = memoryClient(notifications);
const props = cell<Readonly<Record<string, unknown>>>({});
const locale = query.get("locale") ?? "en";
document.documentElement.lang = locale;

function Stage() {
  const given = useStore(props, props.get());
  return (
    <RealtimeProvider client={memory.client} locale={locale}>
      {Scene && <Scene {...given} />}
    </RealtimeProvider>
  );
}

const stage = (
  <StrictMode>
    <Stage />
  </StrictMode>
);

const faults: string[] = [];
window.stage = {
  memory,
  faults,
  renders: {},
  told: [],
  set: (given) => props.set({ ...props.get(), ...given }),
  unmount: () => page.unmount(),
};

const page = query.has("hydrate") ? hydrated(root) : createRoot(root);
if (!query.has("hydrate")) page.render(stage);

/** The page as a server sends it, taken over in the browser. */
function hydrated(container: HTMLElement) {
  container.innerHTML = renderToString(stage);
  return hydrateRoot(container, stage, {
    onRecoverableError: (error) => faults.push(String(error)),
  });
}
