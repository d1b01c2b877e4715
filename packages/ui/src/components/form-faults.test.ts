import { createRoot, createSignal } from 'solid-js';
import { afterEach, describe, expect, it } from 'vitest';
import { ApiFault } from '../kernel/api-request.ts';
import { createFormFaults } from './form-faults.ts';

function start() {
  const form = document.createElement('form');
  const [server, reason] = ['server', 'reason'].map((name) => {
    const field = document.createElement('input');
    field.name = name;
    return form.appendChild(field);
  }) as [HTMLInputElement, HTMLInputElement];
  document.body.append(form);
  const [refusal, refuse] = createSignal<ApiFault>();
  const fields = ['server', 'reason'] as const;
  const faults = createRoot(() =>
    createFormFaults(
      () => form,
      refusal,
      (name) => fields.find((field) => name === field || name === `match.${field}`),
    ),
  );
  return { faults, refuse, server, reason };
}

afterEach(() => document.body.replaceChildren());

describe('what is wrong with what stands in a form', () => {
  it('is told at its field when the API names it, in the words that are not the name', () => {
    const { faults, refuse } = start();
    refuse(new ApiFault(400, 'Bad request', 'match.server: is no pattern', { field: 'match.server' }));
    expect([faults.fields(), faults.other()]).toEqual([{ server: 'is no pattern' }, undefined]);
  });

  it.each([null, 'something.new'])('is told below the form when the form has no such field (%s)', (field) => {
    const { faults, refuse } = start();
    const fault = new ApiFault(503, 'Redis is not reachable', 'later', { field: field ?? undefined });
    refuse(fault);
    expect([faults.fields(), faults.other()]).toEqual([{}, fault]);
  });

  it('gets the focus, whether it was found here or refused, and is gone when it may be right by now', () => {
    const { faults, refuse, server, reason } = start();
    reason.setAttribute('aria-invalid', 'true');
    faults.find({ reason: 'Say why.' });
    expect([faults.fields(), document.activeElement]).toEqual([{ reason: 'Say why.' }, reason]);
    reason.removeAttribute('aria-invalid');
    faults.find({});
    expect(faults.fields()).toEqual({});
    server.setAttribute('aria-invalid', 'true');
    refuse(new ApiFault(400, 'Bad request', 'server: is no name', { field: 'server' }));
    expect(document.activeElement).toBe(server);
  });
});
