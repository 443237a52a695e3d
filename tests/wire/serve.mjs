// A list of candidates as packages of npm page it: see serve.php. The argument is the port.

import { readFileSync } from "node:fs";
import { feathers } from "@feathersjs/feathers";
import feathersExpress, { errorHandler, json, rest } from "@feathersjs/express";
import { memory } from "@feathersjs/memory";
import express from "express";
import paginate from "express-paginate";
import jsonapi from "jsonapi-serializer";

const PATH = "/persy/api/v1/candidates";
const records = JSON.parse(readFileSync(process.env.WIRE_RECORDS, "utf8"));

/** The records that a filter lets through, as [id, record]. */
function since(text) {
  const bound = text === undefined ? -Infinity : Date.parse(text) / 1000;
  return records.filter(([updated]) => updated >= bound).map(([, record, id]) => [id, JSON.parse(record)]);
}

function guard(request, response, next) {
  if (request.headers.authorization === "Bearer wire-key") next();
  else response.status(401).json({ message: "Unauthorized" });
}

/** JSON:API by jsonapi-serializer: page[number], page[size], links.next. */
function jsonApi() {
  const app = express().set("query parser", "extended").use(guard);
  app.get(PATH, (request, response) => {
    const found = since(request.query.modified_since);
    const size = Math.min(Number(request.query.page?.size ?? 10), 100);
    const page = Number(request.query.page?.number ?? 1);
    const part = found.slice((page - 1) * size, page * size).map(([id, record]) => ({ ...record, id }));
    const link = (number) => `${PATH}?page[number]=${number}&page[size]=${size}`;
    const links = { self: link(page), next: page * size < found.length ? link(page + 1) : null };
    const attributes = [...new Set(part.flatMap(Object.keys))].filter((key) => key !== "id");
    const serializer = new jsonapi.Serializer("candidates", {
      attributes, keyForAttribute: (key) => key, topLevelLinks: links, meta: { total: found.length },
    });
    response.type("application/vnd.api+json").send(JSON.stringify(serializer.serialize(part)));
  });
  return app;
}

/** express-paginate, as its documentation answers: object, has_more, data. */
function expressPaginate() {
  const app = express().set("query parser", "extended").use(guard);
  app.use((request, _, next) => {  // Express 5 computes the query, the package writes into it
    Object.defineProperty(request, "query", { value: { ...request.query }, writable: true });
    next();
  });
  app.use(paginate.middleware(10, 100));
  app.get(PATH, (request, response) => {
    const found = since(request.query.modified_since);
    const part = found.slice(request.skip, request.skip + request.query.limit);
    const pages = Math.ceil(found.length / request.query.limit);
    response.json({
      object: "list", has_more: paginate.hasNextPages(request)(pages), data: part.map(([, record]) => record),
    });
  });
  return app;
}

/** Feathers with its service in memory: $limit, $skip, total. */
function feathersService() {
  const app = feathersExpress(feathers());
  app.use(guard).use(json()).configure(rest());
  const store = Object.fromEntries(records.map(([updated, record], number) => [number, { number, updated, record }]));
  app.use(PATH.slice(1), memory({ id: "number", store, startId: records.length, paginate: { default: 10, max: 100 } }));
  app.service(PATH.slice(1)).hooks({
    before: {
      find: (context) => {
        const { modified_since: bound, ...query } = context.params.query;
        if (bound !== undefined) query.updated = { $gte: Date.parse(bound) / 1000 };
        context.params.query = query;
      },
    },
    after: { find: (context) => { context.result.data = context.result.data.map((one) => JSON.parse(one.record)); } },
  });
  return app.use(errorHandler({ logger: false }));
}

const ways = { "express-jsonapi": jsonApi, "express-paginate": expressPaginate, "express-feathers": feathersService };
ways[process.env.WIRE_FRAMEWORK]().listen(Number(process.argv[2]), "127.0.0.1");
