// Records as packages of npm make them from XML. Argument: which way. In: XML of all people.
// Out: a JSON list of records.

import { readFileSync } from "node:fs";
import { XMLParser } from "fast-xml-parser";
import xmljs from "xml-js";
import xml2js from "xml2js";

const xml = readFileSync(0, "utf8");
const listed = (value) => (Array.isArray(value) ? value : [value]);

const ways = {
  "xml2js": async () => (await xml2js.parseStringPromise(xml)).Candidates.Candidate,
  "xml2js-flat": async () =>
    (await xml2js.parseStringPromise(xml, { explicitArray: false, mergeAttrs: true })).Candidates.Candidate,
  "fast-xml-parser": async () => new XMLParser({ ignoreAttributes: false }).parse(xml).Candidates.Candidate,
  "fast-xml-parser-text": async () => new XMLParser({ parseTagValue: false }).parse(xml).Candidates.Candidate,
  "xml-js": async () => xmljs.xml2js(xml, { compact: true }).Candidates.Candidate,
};

process.stdout.write(JSON.stringify(listed(await ways[process.argv[2]]())));
