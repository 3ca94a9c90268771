import type { Problem } from '../problems.ts';
import { entriesOf, valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';

/** A service is rolled out or an accessory, not both. */
export const deliveryChecks = (tree: YamlTree): Problem[] =>
  entriesOf(valueAt(tree.value, ['apps'])).flatMap(([app, settings]) => {
    const rolled = [
      valueAt(settings, ['service']),
      ...entriesOf(valueAt(settings, ['services'])).map(([name]) => name),
    ];
    const accessories = valueAt(settings, ['accessories']);
    const list: unknown[] = Array.isArray(accessories) ? accessories : [];
    return list.flatMap((name, index) => {
      if (typeof name !== 'string' || !rolled.includes(name)) return [];
      const message = 'is a service that is rolled out: an accessory is never replaced by a deployment';
      return [{ ...tree.locate(['apps', app, 'accessories', index]), message }];
    });
  });
