import type { Project, TicketingConfig } from "../../core/project.ts";
import { aProject } from "../../core/testing/builders.ts";

/** A project of the tracker under test, every other setting at its default. */
export const contractProject = (ticketing: TicketingConfig, key = "acme"): Project =>
  aProject({ key, ticketing });
