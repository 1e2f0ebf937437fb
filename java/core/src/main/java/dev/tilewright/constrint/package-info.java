/**
 * A solver for constraints over integers: divisibility, products, sums, sets. It knows nothing of
 * kernels and machines.
 *
 * <ul>
 *   <li>The language: {@link dev.tilewright.constrint.RuleSet}, a rule file; {@link
 *       dev.tilewright.constrint.Rule}, one constraint, with its meaning in exact arithmetic;
 *       {@link dev.tilewright.constrint.Objective}; {@link dev.tilewright.constrint.RuleException},
 *       why a file cannot be read.
 * </ul>
 */
package dev.tilewright.constrint;
