import "@fontsource-variable/noto-sans-thai";
import "../../react/style.css";
import "./design.css";
import "./shell/shell.css";
import "./ui/page.css";
import "./ui/controls.css";
import "./sign-in/sign-in.css";
import "./play/play.css";
import "./phone.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no place for the portal.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
