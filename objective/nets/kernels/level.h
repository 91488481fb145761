// The kernels that exist at several levels, written once. kernels.c includes
// this file once per level, with these macros set:
//   NAME(f)  the level's name of f         TARGET  its target attribute, if any
//   VL       floats in a vector            MR      rows of a tile
//   FMA      a*b + c on vectors            SQRT    square root of a vector
//   VREG     the asm constraint of a vector register
// conv.h continues it with the convolutions.
//
// Vectors run across outputs: lane j of a vector belongs to output column j, and
// each output is one sum over p = 0, 1, 2, ... from its bias on. The order of no
// sum depends on VL, MR or the tails, so levels with the same FMA agree bit for bit.

typedef float NAME(vec) __attribute__((vector_size(VL * 4), may_alias));
typedef float NAME(mem) __attribute__((vector_size(VL * 4), aligned(4), may_alias));
typedef int32_t NAME(ivec) __attribute__((vector_size(VL * 4), may_alias));

#define vec NAME(vec)
#define mem NAME(mem)
#define ivec NAME(ivec)
#define INLINE static inline __attribute__((always_inline)) TARGET
#define SPLAT(x) ((x) - (vec){0}) // x - 0 keeps every value, -0 and NaN included

// tile computes `rows` rows of `vs` vectors; both are constants after inlining.
// Each sum starts from `start` (vs vectors) and adds its terms as the walk says;
// `end` says what becomes of it, and width how many columns exist.
INLINE void NAME(tile)(const int rows, const int vs, const ek_walk t, const float *a, const float *b,
                       const float *start, const int end, float *c, long ldc, long width) {
    vec acc[MR][2];
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 2
        for (int v = 0; v < vs; v++) acc[r][v] = *(const mem *)(start + v * VL);
    }
    for (long s = 0; s < t.segments; s++) {
        const float *as = a + s * t.a_segment, *bs = b + s * t.b_segment;
        for (long p = 0; p < t.terms; p++) {
            vec y[2];
#pragma GCC unroll 2
            for (int v = 0; v < vs; v++) y[v] = *(const mem *)(bs + p * t.b_term + v * VL);
#pragma GCC unroll 16
            for (int r = 0; r < rows; r++) {
                vec x = SPLAT(as[r * t.a_row + p * t.a_term]);
#pragma GCC unroll 2
                for (int v = 0; v < vs; v++) acc[r][v] = FMA(x, y[v], acc[r][v]);
            }
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
        float last[2 * VL];
        float *out = width == vs * VL ? c + r * ldc : last;
        if (end == EK_ADD && out == last) memcpy(last, c + r * ldc, width * sizeof(float));
#pragma GCC unroll 2
        for (int v = 0; v < vs; v++) {
            vec y = acc[r][v];
            if (end == EK_RELU) y = (vec)((ivec)y & ~(y < 0)); // NaN stays NaN
            if (end == EK_ADD) y = *(mem *)(out + v * VL) + y;
            *(mem *)(out + v * VL) = y;
        }
        if (out == last) memcpy(c + r * ldc, last, width * sizeof(float));
    }
}

// panel_rows runs all row tiles of one panel.
INLINE void NAME(panel_rows)(const int vs, long m, const ek_walk t, const float *a, const float *b, const float *start,
                             const int end, float *c, long ldc, long width) {
    long i = 0;
    for (; i + MR <= m; i += MR) NAME(tile)(MR, vs, t, a + i * t.a_row, b, start, end, c + i * ldc, ldc, width);
    for (; i + 2 <= m; i += 2) NAME(tile)(2, vs, t, a + i * t.a_row, b, start, end, c + i * ldc, ldc, width);
    for (; i < m; i++) NAME(tile)(1, vs, t, a + i * t.a_row, b, start, end, c + i * ldc, ldc, width);
}

static TARGET void NAME(gemm)(long m, long n, long k, const float *a, long a_row, long a_col, const float *b, long b_row,
                              long b_col, const float *bias, int relu, float *c, float *scratch) {
    int end = relu ? EK_RELU : EK_STORE;
    for (long j = 0; j < n;) {
        long room = n - j > VL ? 2 * VL : VL;
        long width = n - j < room ? n - j : room;
        float start[2 * VL] = {0};
        if (bias) memcpy(start, bias + j, width * sizeof(float));
        ek_pack(k, width, room, b + j * b_col, b_row, b_col, scratch);
        ek_walk t = {.segments = 1, .terms = k, .a_row = a_row, .a_term = a_col};
        if (room == 2 * VL) {
            t.b_term = 2 * VL;
            NAME(panel_rows)(2, m, t, a, scratch, start, end, c + j, n, width);
        } else {
            t.b_term = VL;
            NAME(panel_rows)(1, m, t, a, scratch, start, end, c + j, n, width);
        }
        j += width;
    }
}

// exp1 is e^x for one vector. x = n ln 2 + r with |r| <= ln(2)/2 in two steps
// (Cody and Waite), e^r by the degree-6 polynomial of the Cephes library's expf
// (Moshier), 2^n by its bits. Below -87 the result is 0, above 88 infinity;
// relative error below 2e-7 between; NaN gives NaN.
INLINE vec NAME(exp1)(vec x) {
    const vec magic = SPLAT(12582912.0f); // 1.5 * 2^23: adding it rounds to an integer
    vec t = FMA(x, SPLAT(1.44269504088896341f), magic);
    vec n = t - magic;
    vec r = FMA(n, SPLAT(-0.693359375f), x);
    r = FMA(n, SPLAT(2.12194440e-4f), r);
    vec y = SPLAT(1.9875691500e-4f);
    y = FMA(y, r, SPLAT(1.3981999507e-3f));
    y = FMA(y, r, SPLAT(8.3334519073e-3f));
    y = FMA(y, r, SPLAT(4.1665795894e-2f));
    y = FMA(y, r, SPLAT(1.6666665459e-1f));
    y = FMA(y, r, SPLAT(5.0000001201e-1f));
    y = FMA(y, r * r, r) + 1.0f;
    ivec bits = (((ivec)t - (ivec)magic) + 127) << 23;
    y = y * (vec)bits;
    y = (vec)((ivec)y & ~(x < -87.0f));
    ivec over = x > 88.0f;
    return (vec)(((ivec)SPLAT(__builtin_inff()) & over) | ((ivec)y & ~over));
}

static TARGET void NAME(exp)(long n, float *x) {
    long i = 0;
    for (; i + VL <= n; i += VL) *(mem *)(x + i) = NAME(exp1)(*(mem *)(x + i));
    if (i < n) {
        float last[VL] = {0};
        memcpy(last, x + i, (n - i) * sizeof(float));
        *(mem *)last = NAME(exp1)(*(mem *)last);
        memcpy(x + i, last, (n - i) * sizeof(float));
    }
}

INLINE void NAME(adamw1)(float *p, const float *g, float *m, float *v, float decay, double beta1, double beta2,
                         float rate, float root, float eps) {
    vec grad = *(const mem *)g;
    vec mean = *(mem *)m * (float)beta1 + grad * (float)(1 - beta1);
    vec square = *(mem *)v * (float)beta2 + grad * grad * (float)(1 - beta2);
    *(mem *)m = mean;
    *(mem *)v = square;
    *(mem *)p = *(mem *)p * decay - mean / (SQRT(square) / root + eps) * rate;
}

static TARGET void NAME(adamw)(long n, float *p, const float *g, float *m, float *v, float decay, double beta1,
                               double beta2, float rate, float root, float eps) {
    long i = 0;
    for (; i + VL <= n; i += VL) NAME(adamw1)(p + i, g + i, m + i, v + i, decay, beta1, beta2, rate, root, eps);
    if (i < n) {
        float tp[VL] = {0}, tg[VL] = {0}, tm[VL] = {0}, tv[VL] = {0};
        size_t rest = (n - i) * sizeof(float);
        memcpy(tp, p + i, rest);
        memcpy(tg, g + i, rest);
        memcpy(tm, m + i, rest);
        memcpy(tv, v + i, rest);
        NAME(adamw1)(tp, tg, tm, tv, decay, beta1, beta2, rate, root, eps);
        memcpy(p + i, tp, rest);
        memcpy(m + i, tm, rest);
        memcpy(v + i, tv, rest);
    }
}

// peak keeps 12 sums going, more than any unit's latency needs. The empty asm
// hides the sums' values, so that no round can be left out.
static TARGET double NAME(peak)(long n) {
    vec acc[12], x = SPLAT(0.5f), y = SPLAT(1.0f);
#pragma GCC unroll 12
    for (int i = 0; i < 12; i++) acc[i] = SPLAT((float)i);
    for (long k = 0; k < n; k++) {
#pragma GCC unroll 12
        for (int i = 0; i < 12; i++) {
            acc[i] = FMA(acc[i], x, y);
            __asm__ volatile("" : "+" VREG(acc[i]));
        }
    }
    return 2.0 * 12 * VL * n;
}

#include "conv.h"

#undef vec
#undef mem
#undef ivec
#undef INLINE
#undef SPLAT
