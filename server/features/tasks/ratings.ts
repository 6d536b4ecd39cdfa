import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import type { Schema } from '../../db/schema'

/** A rating is low when any of its scores is this or less. */
export const LOW_SCORE = 2
const SCORES = ['service_attitude', 'service_quality', 'overall_rating'] as const

export const isLowRating = (
  eb: ExpressionBuilder<Schema, 'service_evaluation'>,
): ExpressionWrapper<Schema, 'service_evaluation', SqlBool> => eb.or(SCORES.map((score) => eb(score, '<=', LOW_SCORE)))
