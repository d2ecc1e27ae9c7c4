import { openApi } from "./openapi.ts";

const operation = /^(get|post|put|delete)$/;

/** The OpenAPI document as a page that needs no script. */
export function documentationPage(): string {
  const { info, paths } = openApi();
  const routes = entries(paths).flatMap(([path, methods]) =>
    entries(methods)
      .filter(([method]) => operation.test(method))
      .map(([method, about]) => section(method.toUpperCase(), path, about)),
  );
  const links = routes.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`).join("");
  const title = `${text(at(info, "title"))} ${text(at(info, "version"))}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}: HTTP interface</title><style>${style}</style></head>
<body><main><h1>${title}: HTTP interface</h1>
<p>${text(at(info, "summary"))} The same for programs: <a href="/openapi.json">openapi.json</a>.</p>
<nav><ul>${links}</ul></nav>
${routes.map(({ html }) => html).join("\n")}
</main></body></html>`;
}

function section(method: string, path: string, about: unknown) {
  const id = text(at(about, "operationId"));
  const title = `<code>${method} ${text(path)}</code>`;
  const parameters = list(at(about, "parameters")).map((one) => {
    const kind = `${text(at(one, "in"))}, ${text(at(at(one, "schema"), "type"))}`;
    return `<li><code>${text(at(one, "name"))}</code> (${kind}) ${text(at(one, "description"))}</li>`;
  });
  const body = at(contentOf(at(about, "requestBody")), "schema");
  const answers = entries(at(about, "responses")).map(([status, answer]) => {
    const schema = status === "200" ? at(contentOf(answer), "schema") : undefined;
    return `<h3>${text(status)}</h3><p>${text(at(answer, "description"))}</p>${shown("Answer", schema)}`;
  });
  const html = `<section id="${id}"><h2>${title}</h2>
<p>${text(at(about, "summary"))}. ${text(at(about, "description"))}</p>
${parameters.length > 0 ? `<ul>${parameters.join("")}</ul>` : ""}
${shown("Body", body)}
${answers.join("\n")}</section>`;
  return { id, title, html };
}

/** A schema, to be opened. */
function shown(what: string, schema: unknown): string {
  if (schema === undefined) return "";
  const written = text(JSON.stringify(schema, null, 2));
  return `<details><summary>${what}</summary><pre>${written}</pre></details>`;
}

function contentOf(described: unknown): unknown {
  return entries(at(described, "content"))[0]?.[1];
}

function at(value: unknown, name: string): unknown {
  return entries(value).find(([key]) => key === name)?.[1];
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return String(value ?? "").replaceAll(/[&<>"]/g, (character) => escapes[character] ?? "");
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
nav ul { columns: 2; padding: 0; list-style: none }
section { border-top: 1px solid #8886; margin-top: 2rem }
h2 { font-size: 1.25rem } h3 { font-size: 1rem; margin: 1rem 0 0 }
pre { overflow: auto; padding: 1rem; background: #8882; border-radius: .5rem }
`;
