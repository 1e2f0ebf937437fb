/**
 * A solver for constraints over integers: divisibility, products, sums, sets, in exact arithmetic.
 * It knows nothing of kernels and machines. {@code seeds/constrint.md} has the grammar and how the
 * solver works.
 *
 * <ul>
 *   <li>The language: {@link dev.tilewright.constrint.RuleSet}, a rule file, with constants that a
 *       caller binds; {@link dev.tilewright.constrint.Rule}, one constraint, and what it means;
 *       {@link dev.tilewright.constrint.Objective}; {@link dev.tilewright.constrint.RuleException},
 *       why a file cannot be read.
 *   <li>Questions: {@link dev.tilewright.constrint.Query}, the first, all, how many, the best, each
 *       with an {@link dev.tilewright.constrint.Order} of variables and limits.
 *   <li>Answers: {@link dev.tilewright.constrint.Solver}, made once for a rule set and shared by
 *       threads; {@link dev.tilewright.constrint.Result}, {@link
 *       dev.tilewright.constrint.Solution}; the rules that conflict where there is none.
 *   <li>Inside, in the order in which a rule passes: Lexer, TermParser and Parser make Expr and
 *       Rule; Substitution binds; Evaluator is the reference meaning; Model numbers the variables;
 *       Root propagates; Plan fixes the order and how candidates are made; Search walks it; Best
 *       bounds it; Conflict explains.
 * </ul>
 */
package dev.tilewright.constrint;
