import { describe, expect, test } from "vitest";
import { originAllowed, originAllowedForCookies } from "../../src/auth/origin.ts";
import { configured } from "./configured.ts";

const service = new URL("https://carillon.example/connect?token=x");

interface Case {
  readonly name: string;
  readonly origin: string | null;
  readonly allow: string;
  readonly page: boolean;
  readonly cookie: boolean;
}

const cases: readonly Case[] = [
  { name: "no origin", origin: null, allow: "", page: true, cookie: false },
  { name: "no origin, with *", origin: null, allow: "*", page: true, cookie: false },
  { name: "the service's own", origin: "https://carillon.example", allow: "", page: true, cookie: true },
  { name: "its default port", origin: "https://carillon.example:443", allow: "", page: true, cookie: true },
  { name: "its name in capitals", origin: "HTTPS://Carillon.Example", allow: "", page: true, cookie: true },
  { name: "its address as wss", origin: "wss://carillon.example", allow: "", page: true, cookie: true },
  { name: "its name over http", origin: "http://carillon.example", allow: "", page: false, cookie: false },
  { name: "another port", origin: "https://carillon.example:8443", allow: "", page: false, cookie: false },
  { name: "a name before it", origin: "https://a.carillon.example", allow: "", page: false, cookie: false },
  {
    name: "a name behind it",
    origin: "https://carillon.example.evil",
    allow: "",
    page: false,
    cookie: false,
  },
  {
    name: "a stranger",
    origin: "https://evil.example",
    allow: "https://a.example",
    page: false,
    cookie: false,
  },
  {
    name: "one that is named",
    origin: "https://a.example",
    allow: "https://a.example",
    page: true,
    cookie: true,
  },
  {
    name: "the second named",
    origin: "http://b:3000",
    allow: "https://a,http://b:3000",
    page: true,
    cookie: true,
  },
  {
    name: "named with a slash",
    origin: "https://a.example",
    allow: "https://A.example/",
    page: true,
    cookie: true,
  },
  { name: "named as wss", origin: "https://a.example", allow: "wss://a.example", page: true, cookie: true },
  { name: "named by host only", origin: "https://a.example", allow: "a.example", page: false, cookie: false },
  {
    name: "named otherwise",
    origin: "capacitor://localhost",
    allow: "https://a",
    page: false,
    cookie: false,
  },
  {
    name: "an app",
    origin: "capacitor://localhost",
    allow: "capacitor://localhost",
    page: true,
    cookie: true,
  },
  {
    name: "another app",
    origin: "ionic://localhost",
    allow: "capacitor://localhost",
    page: false,
    cookie: false,
  },
  { name: "anyone with *", origin: "https://evil.example", allow: "*", page: true, cookie: false },
  {
    name: "one named beside *",
    origin: "https://a.example",
    allow: "*,https://a.example",
    page: true,
    cookie: true,
  },
  {
    name: "the service's own, with *",
    origin: "https://carillon.example",
    allow: "*",
    page: true,
    cookie: true,
  },
  { name: "null", origin: "null", allow: "null,https://a.example", page: false, cookie: false },
  { name: "null with *", origin: "null", allow: "*", page: true, cookie: false },
  { name: "garbage", origin: "not an origin", allow: "", page: false, cookie: false },
  { name: "empty", origin: "", allow: "https://a.example", page: false, cookie: false },
];

describe.each(cases)("$name ($origin where ALLOWED_ORIGINS is $allow)", ({ origin, allow, page, cookie }) => {
  const settings = configured({ ALLOWED_ORIGINS: allow });

  test(page ? "may connect" : "may not connect", () => {
    expect(originAllowed(origin, service, settings)).toBe(page);
  });

  test(cookie ? "may use the cookie" : "may not use the cookie", () => {
    expect(originAllowedForCookies(origin, service, settings)).toBe(cookie);
  });
});

test("a service that is reached over http has an http origin of its own", () => {
  const local = new URL("http://localhost:8787/connect");
  expect(originAllowed("http://localhost:8787", local, configured())).toBe(true);
  expect(originAllowed("http://127.0.0.1:8787", local, configured())).toBe(false);
});
