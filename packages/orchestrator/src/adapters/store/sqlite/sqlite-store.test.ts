import { describeStore } from "../store-contract.ts";
import { makeTemporaryDatabase } from "./testing/temporary-database.ts";

describeStore("SQLite", makeTemporaryDatabase);
