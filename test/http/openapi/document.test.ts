import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { type AppOptions, createApp } from '../../../src/http/app.ts';
import { openApiDocument, openApiPath } from '../../../src/http/openapi/document.ts';
import { ApiDocument } from '../../support/api-document.ts';

const api = new ApiDocument();

/** Of every route that Express knows, whatever put it there; not of what only answers 405. */
function routesOfServer(): string[] {
  const parts = {
    access: { keys: { api: { size: 0 }, admin: { size: 0 } } },
    corsOrigins: [],
    catalogue: {},
    console: { assets: new Map(), stats: {} },
    metrics: { registry: {} },
  };
  const { stack } = createApp(parts as unknown as AppOptions).router;
  return stack.flatMap(({ route }) => {
    const methods = route === undefined ? [] : [...new Set(route.stack.map(({ method }) => method))];
    // app.all() puts every method there is on a path.
    return methods.length > 3 ? [] : methods.map((method) => `${method.toUpperCase()} ${route?.path}`);
  });
}

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  );
}

describe('the OpenAPI document', () => {
  it('is the one in docs, so that whoever changes the API sees it: npm run docs:openapi', async () => {
    const kept = JSON.parse(await readFile('docs/openapi.json', 'utf8')) as { info: { version: string } };
    expect(kept).toEqual(JSON.parse(JSON.stringify(openApiDocument(packageJson.version))));
  });

  it('is OpenAPI 3.1', async () => {
    expect(await new Validator().validate(structuredClone(api.document))).toEqual({ valid: true });
    expect(new Validator().version).not.toBe(api.document.openapi);
    const broken = { ...api.document, paths: { '/x': { get: { responses: 'none' } } } };
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  });

  it('has every route of the server, and no other', () => {
    const routes = routesOfServer().map(openApiPath);
    expect(routes.length).toBeGreaterThan(30);
    const documented = api.operations.map(({ method, path }) => `${method} ${path}`);
    expect(documented.toSorted()).toEqual(routes.toSorted());
  });

  it('has only schemas that mean something to a validator', () => {
    const { schemas } = api.document.components as { schemas: Record<string, object> };
    expect(Object.keys(schemas).length).toBeGreaterThan(20);
    for (const name of Object.keys(schemas)) {
      expect(() => api.validator({ $ref: `#/components/schemas/${name}` }), name).not.toThrow();
    }
  });

  it('refers only to what is there, and has nothing that is not referred to', () => {
    const used = new Set(refsIn(api.document));
    for (const pointer of used) expect(api.resolve(pointer), pointer).toBeDefined();
    const kinds = ['schemas', 'responses', 'parameters', 'headers', 'examples'] as const;
    const { components } = api.document as { components: Record<(typeof kinds)[number], object> };
    const there = kinds.flatMap((kind) =>
      Object.keys(components[kind]).map((name) => `#/components/${kind}/${name}`),
    );
    expect(there.filter((pointer) => !used.has(pointer))).toEqual([]);
  });

  it('gives every operation a name of its own, and one short line', () => {
    const ids = api.operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of api.operations) {
      const { summary } = operation as unknown as { summary: string };
      expect(summary.length, summary).toBeLessThan(90);
      expect(summary, 'no full stop at the end of a line').not.toMatch(/\.$/);
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z0-9]+$/);
    }
  });

  it('has an error schema for every status of 400 and more, but for what probes say', () => {
    for (const { path, responses } of api.operations) {
      for (const [status, { $ref }] of Object.entries(responses)) {
        if (Number(status) < 400 || (status === '503' && /health|ping|ready|startup/.test(path))) continue;
        expect($ref, `${path} ${status}`).toMatch(/^#\/components\/responses\//);
      }
    }
  });

  it('takes as requests what its examples say', () => {
    let count = 0;
    for (const { requestBody } of api.operations) {
      const media = requestBody?.content['application/json'];
      for (const { $ref } of Object.values(media?.examples ?? {})) {
        const validate = api.validator(media?.schema ?? {});
        expect(validate(api.resolve<{ value: unknown }>($ref).value), $ref).toBe(true);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(20);
  });

  it.each([
    ['#/components/schemas/RerankRequest', { query: ' ', documents: ['a'] }, false],
    ['#/components/schemas/RerankRequest', { query: 'q', documents: [] }, false],
    ['#/components/schemas/RerankRequest', { query: 'q', documents: ['a'], return_documents: 'True' }, true],
    ['#/components/schemas/RerankRequest', { query: 'q', documents: ['a'], return_documents: 'yes' }, false],
    ['#/components/schemas/RerankRequest', { query: 'q', documents: ['a'], truncation_side: 'LEFT' }, true],
    ['#/components/schemas/RerankRequest', { query: 'q', documents: ['a'], truncation_side: 'top' }, false],
    ['#/components/schemas/RerankRequest', { query: { content: [null] }, documents: ['a'] }, false],
    ['#/components/schemas/RerankRequest', { query: { content: ['q'] }, documents: [{ any: 1 }] }, true],
    ['#/components/schemas/ScoreRequest', { text_1: 'a' }, false],
    ['#/components/schemas/ScoreRequest', { queries: 'a', items: ['b'] }, true],
    ['#/components/schemas/UpdateRequest', { model: 'm', probation: false }, true],
    ['#/components/schemas/UpdateRequest', { model: 'm', dryrun: true }, false],
  ])('%s: %j is valid: %s', (pointer, value, isValid) => {
    expect(api.validator({ $ref: pointer })(value)).toBe(isValid);
  });
});
