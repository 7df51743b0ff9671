/**
 * The import rules of the house (ARCHITECTURE.md): core ← ports ← services ← http, cli, compose;
 * an adapter sees core and ports only; the three programs share nothing but contracts.
 */
const orchestrator = "^packages/orchestrator/src";

/** However a package came into node_modules, declared or not. */
const packages = ["npm", "npm-dev", "npm-peer", "npm-optional", "npm-bundled", "npm-no-pkg", "npm-unknown"];

/** Forbid `from` to import anything of ours outside `allowed`. Packages from npm are not ours. */
const onlyFrom = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: "\\.test\\.ts$|/testing/" },
  to: { path: "^(packages|e2e|bench)/", pathNot: [from, ...allowed] },
});

export default {
  forbidden: [
    onlyFrom("contracts-import-nothing", "contracts/ imports nothing of ours", "^packages/contracts/", []),
    onlyFrom("core-is-pure", "core/ imports core/ and wire types only", `${orchestrator}/core/`, [
      "^packages/contracts/",
    ]),
    onlyFrom("ports-see-core", "ports/ import core/ only", `${orchestrator}/ports/`, [
      `${orchestrator}/core/`,
      "^packages/contracts/",
    ]),
    onlyFrom(
      "services-see-ports",
      "services/ act through ports, never through an adapter",
      `${orchestrator}/services/`,
      [`${orchestrator}/(core|ports)/`, "^packages/contracts/"],
    ),
    onlyFrom(
      "adapters-see-core-and-ports",
      "an adapter imports core/ and ports/ only",
      `${orchestrator}/adapters/`,
      [`${orchestrator}/(core|ports)/`, "^packages/contracts/"],
    ),
    onlyFrom("http-sees-services", "http/ reaches the world through services/", `${orchestrator}/http/`, [
      `${orchestrator}/(core|ports|services)/`,
      "^packages/contracts/",
    ]),
    onlyFrom("runner-sees-contracts", "the sandbox shares only wire formats", "^packages/runner/", [
      "^packages/contracts/",
    ]),
    onlyFrom("web-sees-contracts", "the browser shares only wire formats", "^packages/web/", [
      "^packages/contracts/",
    ]),
    onlyFrom("emulators-stand-alone", "an emulator knows the vendor, not us", "^packages/emulators/", []),
    onlyFrom("workflow-audit-stands-alone", "the audit reads texts, not us", "^packages/workflow-audit/", []),
    {
      name: "core-does-no-io",
      comment: "core/ has no I/O: no Node built-ins, no packages from npm",
      severity: "error",
      from: { path: `${orchestrator}/core/`, pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core", ...packages] },
    },
    {
      name: "adapters-are-islands",
      comment:
        "one adapter never imports another: a plug-in is one folder (and adapters/shared, its kind's shared/, contract/ and testing/)",
      severity: "error",
      from: {
        path: `${orchestrator}/adapters/([^/]+)/([^/]+)/`,
        pathNot: "\\.test\\.ts$",
      },
      to: {
        path: `${orchestrator}/adapters/([^/]+)/([^/]+)/`,
        pathNot: `${orchestrator}/adapters/(shared|$1/($2|shared|contract|testing))/`,
      },
    },
    {
      name: "no-cycles",
      comment: "two files that need each other are one file",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^[^/]+/[^/]+/dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
