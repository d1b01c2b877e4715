/** `/api/v1/rules`: when errors of Heroku apps are a problem. */
import { newRule, ruleListView, ruleTrialView, ruleView } from '@healthapp/shared/wire/rules';
import { createRoute, z } from '@hono/zod-openapi';
import type { Auditor } from '../auditor.ts';
import type { Partitions } from '../partitions.ts';
import { addRule, changeRule, listRules, removeRule, tryRule } from '../verbs/rules.ts';
import { answering, createOpenApiApp } from './reading.ts';

const rulePath = z.object({ id: z.string().min(1).max(100) });
const body = { content: { 'application/json': { schema: newRule } }, required: true };

export function ruleRoutes(partitions: Partitions, auditor: Auditor) {
  return createOpenApiApp()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/rules',
        summary: 'List the rules for errors of Heroku apps',
        responses: answering(ruleListView, "those of the processor's configuration, then those that operators made"),
      }),
      async (c) => c.json(await listRules(partitions), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/rules',
        summary: 'Make a rule',
        request: { body },
        responses: { 201: { description: 'the rule', content: { 'application/json': { schema: ruleView } } } },
      }),
      async (c) => {
        const rule = await addRule(partitions, c.req.valid('json'), c.get('identity').name);
        await auditor.record(c, 'rule-add', rule.id, told(rule));
        return c.json(rule, 201);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/rules/try',
        summary: 'Tell how a rule would have fared in the last hour, without making it',
        request: { body },
        responses: answering(ruleTrialView, 'what it would have found, of each app'),
      }),
      async (c) => c.json(await tryRule(partitions, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/api/v1/rules/{id}',
        summary: 'Change a rule that an operator made',
        request: { params: rulePath, body },
        responses: answering(ruleView, 'the rule as it is now'),
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const { was, rule } = await changeRule(partitions, id, c.req.valid('json'), c.get('identity').name);
        await auditor.record(c, 'rule-change', id, `${told(rule)}; before: ${told(was)}`);
        return c.json(rule, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/v1/rules/{id}',
        summary: 'Remove a rule that an operator made; what it had found ends',
        request: { params: rulePath },
        responses: { 204: { description: 'done' } },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const was = await removeRule(partitions, id);
        await auditor.record(c, 'rule-remove', id, told(was));
        return c.body(null, 204);
      },
    );
}

/** A rule for the audit. */
function told({ text, action, receivers }: z.output<typeof ruleView>): string {
  const to = receivers.length === 0 ? '' : `, to ${receivers.join(', ')}`;
  return `${text}${action === 'none' ? '' : `, ${action}`}${to}`;
}
