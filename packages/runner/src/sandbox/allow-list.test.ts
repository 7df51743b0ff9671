import { describe, expect, it } from "vitest";
import { parseAllowList } from "./allow-list.ts";
import { isPublicAddress, plainAddress } from "./private-addresses.ts";
import { usualHosts } from "./usual-hosts.ts";

const listOf = (
  entries: readonly string[],
  closedUrls: readonly string[] = [],
  openUrls: readonly string[] = [],
) => parseAllowList({ entries, closedUrls, openUrls }).list;

describe("§11.3 the list of hosts", () => {
  it.each([
    ["example.com", "example.com", 443, true],
    ["example.com", "EXAMPLE.com.", 80, true],
    ["example.com", "example.com", 22, false],
    ["example.com", "www.example.com", 443, false],
    ["example.com", "example.com.evil.org", 443, false],
    ["example.com", "notexample.com", 443, false],
    ["*.example.com", "a.b.example.com", 443, true],
    ["*.example.com", "example.com", 443, false],
    ["*.example.com", "evilexample.com", 443, false],
    ["example.com:8443", "example.com", 8443, true],
    ["example.com:8443", "example.com", 443, false],
    ["[::1]:80", "0:0:0:0:0:0:0:1", 80, true],
  ])("%s permits %s:%i: %s", (entry, host, port, permitted) => {
    expect(listOf([entry]).permits(host, port)).toBe(permitted);
  });

  it.each(["*", "*.", "a b", "http://a.com", "a.com/x", "a.com:99999", "", "-a.com", "a.*.com"])(
    "says that %j is no entry",
    (entry) => {
      expect(parseAllowList({ entries: [entry], closedUrls: [], openUrls: [] }).unusable).toEqual([entry]);
    },
  );

  it("knows the usual package registries", () => {
    const list = listOf(usualHosts);
    for (const host of ["registry.npmjs.org", "pypi.org", "index.crates.io", "proxy.golang.org"])
      expect(list.permits(host, 443)).toBe(true);
    expect(list.permits("github.com", 443)).toBe(false);
  });

  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "fd00:ec2::254",
    "fe80::1",
    "2002:7f00:1::",
  ])("%s is not public, and permitted only where it is named itself", (address) => {
    expect(listOf(["example.com"]).permitsAddress(address, 443)).toBe(false);
    const named = plainAddress(address) ?? "";
    expect(listOf([named.includes(":") ? `[${named}]` : named]).permitsAddress(address, 443)).toBe(true);
  });

  it.each(["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822"])("%s is public", (address) => {
    expect(isPublicAddress(plainAddress(address) ?? "")).toBe(true);
  });

  it("keeps what is closed closed, by whichever of its names and whatever else is on the list", () => {
    const list = listOf(["127.0.0.1:8080", "localhost:8080", "127.0.0.1:8081"], ["http://localhost:8080"]);
    for (const host of ["localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1"])
      expect([list.permits(host, 8080), list.permitsAddress("127.0.0.1", 8080)]).toEqual([false, false]);
    expect(list.permits("127.0.0.1", 8081)).toBe(true);
  });

  it("opens what has to be reached, and only its own port", () => {
    const list = listOf([], [], ["http://localhost:9000/v1"]);
    expect([list.permits("localhost", 9000), list.permitsAddress("127.0.0.1", 9000)]).toEqual([true, true]);
    expect(list.permits("localhost", 80)).toBe(false);
  });
});
