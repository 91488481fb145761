// Drives the kernels over all tail sizes under the sanitizers, and compares a level
// of 512-bit vectors made of 256-bit ones with the AVX2 level, bit for bit: it is
// the text of the AVX-512 level where no processor with it is at hand. Every array is
// exactly as long as its shape and in an allocation of its own, so that a number read
// or written beyond it is seen. Built and run by sanitize.sh.
#include "../kernels.c"

#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#undef NAME
#undef TARGET
#undef VL
#undef MR
#undef MR1
#undef FMA
#undef SQRT
#undef VREG
#define NAME(f) wide_##f
#define TARGET __attribute__((target("avx2,fma")))
#define VL 16
#define MR 14
#define MR1 24
#define VREG(v) "m"(v)
typedef float wide_two __attribute__((vector_size(64)));
#define HALF(v, i) _mm256_setr_ps((v)[8 * i], (v)[8 * i + 1], (v)[8 * i + 2], (v)[8 * i + 3], (v)[8 * i + 4], (v)[8 * i + 5], (v)[8 * i + 6], (v)[8 * i + 7])
static inline __attribute__((always_inline, target("avx2,fma"))) wide_two wide_join(__m256 x, __m256 y) {
    wide_two r;
    memcpy(&r, &x, 32);
    memcpy((char *)&r + 32, &y, 32);
    return r;
}
static inline __attribute__((always_inline, target("avx2,fma"))) wide_two wide_fma(wide_two a, wide_two b, wide_two c) {
    return wide_join(_mm256_fmadd_ps(HALF(a, 0), HALF(b, 0), HALF(c, 0)), _mm256_fmadd_ps(HALF(a, 1), HALF(b, 1), HALF(c, 1)));
}
static inline __attribute__((always_inline, target("avx2,fma"))) wide_two wide_sqrt(wide_two a) {
    return wide_join(_mm256_sqrt_ps(HALF(a, 0)), _mm256_sqrt_ps(HALF(a, 1)));
}
#define FMA(a, b, c) ((vec)wide_fma((wide_two)(a), (wide_two)(b), (wide_two)(c)))
#define SQRT(x) ((vec)wide_sqrt((wide_two)(x)))
#include "../level.h"
static const ek_table wide = {wide_gemm, wide_exp, wide_adamw, wide_peak, wide_standardize, wide_relu_grad,
                              wide_normed, wide_norm_sums, wide_convolve, wide_convolve_grad, wide_conv_block,
                              wide_conv_block_grad};
#endif

static uint32_t state = 1;
static float number(void) {
    state = state * 1664525 + 1013904223;
    return (float)(state >> 8) / (1 << 23) - 1;
}
static float *numbers(long n) {
    float *x = malloc(n * sizeof(float));
    for (long i = 0; i < n; i++) x[i] = number();
    return x;
}
static float *zeros(long n) { return calloc(n, sizeof(float)); }

// A result of a case: level after level writes it, and those with the same
// arithmetic must write the same bits.
typedef struct {
    const ek_table *t;
    const char *name;
} level;
static level levels[4];
static int level_count, faults, compared;

static void same(const char *what, const level *l, long n, const float *got, float **first) {
    if (l->t == &tables[EK_PORTABLE]) return;
    if (!*first) {
        *first = malloc(n * sizeof(float));
        memcpy(*first, got, n * sizeof(float));
        return;
    }
    compared++;
    if (memcmp(*first, got, n * sizeof(float))) {
        faults++;
        if (faults < 20) printf("%s: %s differs from %s\n", what, l->name, levels[1].name);
    }
}

// spoil fills scratch memory with NaN, which finite sees where it was read unwritten.
static void spoil(float *scratch, long n) { memset(scratch, 0xff, n * sizeof(float)); }

static void finite(const char *what, long n, const float *x) {
    for (long i = 0; i < n; i++)
        if (!isfinite(x[i])) {
            if (faults++ < 20) printf("%s: number %ld is %g\n", what, i, x[i]);
            return;
        }
}

static void product(long m, long n, long k) {
    char what[99];
    snprintf(what, sizeof what, "product m=%ld n=%ld k=%ld", m, n, k);
    float *a = numbers(m * k), *b = numbers(k * n), *bias = numbers(n), *first[3] = {0};
    for (int i = 0; i < level_count; i++) {
        const level *l = &levels[i];
        float *c = zeros(m * n), *s = malloc((k + 16) * EK_PANEL * sizeof(float));
        l->t->gemm(m, n, k, a, k, 1, b, n, 1, bias, 1, c, n, s);
        same(what, l, m * n, c, &first[0]);
        l->t->gemm(m, n, k, a, 1, m, b, n, 1, NULL, 0, c, n, s);
        same(what, l, m * n, c, &first[1]);
        l->t->gemm(m, n, k, a, k, 1, b, 1, k, NULL, 0, c, n, s);
        same(what, l, m * n, c, &first[2]);
        free(c);
        free(s);
    }
    for (int i = 0; i < 3; i++) free(first[i]);
    free(a), free(b), free(bias);
}

static void vectors(long n) {
    float *x = numbers(n), *g = numbers(n), *first[4] = {0};
    for (int i = 0; i < level_count; i++) {
        const level *l = &levels[i];
        float *p = zeros(n), *m = zeros(n), *v = zeros(n), *e = zeros(n);
        memcpy(p, x, n * sizeof(float));
        memcpy(e, x, n * sizeof(float));
        l->t->adamw(n, p, g, m, v, 0.99f, 0.9, 0.999, 0.01f, 0.1f, 1e-8f);
        l->t->exp(n, e);
        same("adamw", l, n, p, &first[0]);
        same("exp", l, n, e, &first[1]);
        l->t->standardize(n, x, g, p, e);
        same("standardize", l, n, e, &first[2]);
        l->t->peak(3);
        free(p), free(m), free(v), free(e);
    }
    float *v = zeros(n);
    ek_sgd(n, x, g, v, 0.1f, 0.9f, 0.01f);
    free(v);
    for (int i = 0; i < 4; i++) free(first[i]);
    free(x), free(g);
}

static void norms(long pixels, long channels) {
    long n = pixels * channels;
    float *y = numbers(n), *dz = numbers(n), *z = numbers(n), *gain = numbers(channels), *first[3] = {0};
    ek_source in = {1, pixels, channels, 0, y, gain, gain, NULL, NULL, NULL, 0, NULL};
    for (int i = 0; i < level_count; i++) {
        const level *l = &levels[i];
        float *out = zeros(n), *sums = zeros(2 * channels);
        l->t->normed(pixels, &in, 0, NULL, out);
        same("norm", l, n, out, &first[0]);
        l->t->norm_sums(pixels, channels, dz, y, gain, sums);
        same("norm sums", l, 2 * channels, sums, &first[1]);
        l->t->relu_grad(n, y, dz, out);
        same("relu gradient", l, n, out, &first[2]);
        free(out), free(sums);
    }
    float *mean = zeros(channels);
    ek_average(1, pixels, channels, y, mean);
    ek_average_grad(1, pixels, channels, mean, z);
    ek_mul(n, y, dz, z);
    ek_column_sums(pixels, channels, y, mean);
    ek_sum_parts(pixels, channels, channels, y, mean);
    for (int i = 0; i < 3; i++) free(first[i]);
    free(y), free(dz), free(z), free(gain), free(mean);
}

// made is the images x in one of the four ways of a source, or x itself.
static ek_source made(const ek_conv *s, int way, const float *x, const float *added, const float *by, float *z) {
    ek_source in = ek_images_of(s, x);
    if (way > 0) in.gain = by, in.shift = by, in.z = z;
    if (way > 1) in.added = added;
    if (way > 2) in.added_gain = by, in.added_shift = by;
    if (way > 3) in.added_relu = 1;
    return in;
}

// A convolution and one with a kernel of 1 beside it, of images made in some way.
static void convolution(ek_conv s, int way) {
    char what[120];
    ek_conv t = s;
    t.kernel = 1, t.out = s.out % 5 + 1;
    if (s.planar) way = 0;
    snprintf(what, sizeof what, "%ldx%ld, %ld to %ld, kernel %ld, stride %ld, planar %d, made %d", s.height, s.width, s.in,
             s.out, s.kernel, s.stride, s.planar, way);
    long in = s.batch * s.height * s.width * s.in, w = ek_weights(&s), wt = ek_weights(&t);
    long pixels = s.batch * ek_outputs(s.height, &s) * ek_outputs(s.width, &s), out = pixels * s.out, outt = pixels * t.out;
    long pooled = s.batch * (s.height / 2) * (s.width / 2) * s.out, groups = s.batch;
    int block = s.kernel == 3 && s.stride == 1 && pooled > 0;
    float *x = numbers(in), *added = numbers(in), *by = numbers(s.in), *f = numbers(w), *ft = numbers(wt);
    float *bias = numbers(s.out), *biast = numbers(t.out), *g = numbers(out), *gt = numbers(outt), *g0 = numbers(in), *first[13] = {0};
    for (int i = 0; i < level_count; i++) {
        const level *l = &levels[i];
        float *y = zeros(out), *yt = zeros(outt), *moments = zeros(s.batch * 2 * s.out), *dw = zeros(groups * w);
        float *dwt = zeros(groups * wt), *dwb = zeros(groups * (w + s.out)), *dx = zeros(in), *z = zeros(in);
        float *sums = zeros(s.batch * 2 * s.in), *sums2 = zeros(s.batch * 2 * s.in);
        long size = ek_conv_scratch(&s) + ek_conv_scratch(&t);
        float *scratch = malloc(size * sizeof(float));
        ek_source source = made(&s, way, x, added, by, z);
        ek_unit u[2] = {{s, f, y, moments}, {t, ft, yt, NULL}};
        spoil(scratch, size);
        l->t->convolve(&source, 0, s.batch, 1 + way % 2, u, scratch);
        spoil(scratch, size);
        l->t->convolve(&source, s.batch - 1, s.batch, 2, u, scratch);
        same(what, l, out, y, &first[0]);
        same(what, l, s.batch * 2 * s.out, moments, &first[1]);
        same(what, l, outt, yt, &first[2]);
        same(what, l, in, z, &first[3]);
        ek_unit_grad ug[2] = {{s, f, g, y, bias, bias, bias, dw}, {t, ft, gt, yt, biast, biast, biast, dwt}};
        ek_input_grad back = {NULL, NULL, 0, {{NULL, NULL, NULL}, {NULL, NULL, NULL}}};
        if (!s.planar) back = (ek_input_grad){dx, way % 2 ? added : NULL, 1, {{added, by, sums}, {g0, by, sums2}}};
        spoil(scratch, size);
        l->t->convolve_grad(&source, s.batch, groups, 0, groups, 2, ug, &back, scratch);
        same(what, l, groups * w, dw, &first[4]);
        same(what, l, groups * wt, dwt, &first[5]);
        same(what, l, in, dx, &first[6]);
        same(what, l, s.batch * 2 * s.in, sums, &first[7]);
        finite(what, out, y), finite(what, outt, yt), finite(what, groups * w, dw), finite(what, in, dx);
        same(what, l, s.batch * 2 * s.in, sums2, &first[12]);
        spoil(scratch, size);
        l->t->convolve_grad(&source, s.batch, 1, 0, 1, 1, ug, &back, scratch);
        same(what, l, w, dw, &first[8]);
        finite(what, w, dw), finite(what, in, dx);
        if (block) {
            float *p = zeros(pooled);
            uint8_t *taken = calloc(pooled, 1);
            spoil(scratch, size);
            l->t->conv_block(&s, x, f, bias, p, taken, scratch);
            same(what, l, pooled, p, &first[9]);
            l->t->conv_block(&s, x, f, bias, p, NULL, scratch);
            same(what, l, pooled, p, &first[9]);
            spoil(scratch, size);
            l->t->conv_block_grad(&s, s.batch, groups, 0, groups, x, f, p, taken, dwb, s.planar ? NULL : dx, scratch);
            same(what, l, groups * (w + s.out), dwb, &first[10]);
            same(what, l, in, dx, &first[11]);
            finite(what, pooled, p), finite(what, groups * (w + s.out), dwb), finite(what, in, dx);
            free(p), free(taken);
        }
        free(y), free(yt), free(moments), free(dw), free(dwt), free(dwb), free(dx), free(z), free(sums), free(sums2), free(scratch);
    }
    for (int i = 0; i < 13; i++) free(first[i]);
    free(x), free(added), free(by), free(f), free(ft), free(bias), free(biast), free(g), free(gt), free(g0);
}

static void cross_entropy(long rows, long classes) {
    float *z = numbers(rows * classes), *w = numbers(rows), *offset = numbers(classes), *grad = zeros(rows * classes);
    uint16_t *labels = malloc(rows * sizeof(uint16_t));
    for (long i = 0; i < rows; i++) labels[i] = i % classes, w[i] += 2;
    double sum;
    for (int l = 0; l < EK_LEVELS; l++)
        if (ek_supported(l)) ek_softmax_ce(l, rows, classes, z, labels, w, offset, grad, &sum);
    free(z), free(w), free(offset), free(grad), free(labels);
}

int main(void) {
    levels[level_count++] = (level){&tables[EK_PORTABLE], "portable"};
    if (ek_supported(EK_AVX2)) levels[level_count++] = (level){&tables[EK_AVX2], "avx2"};
#if defined(__x86_64__)
    if (ek_supported(EK_AVX2)) levels[level_count++] = (level){&wide, "512 bits out of 256"};
#endif
    if (ek_supported(EK_AVX512)) levels[level_count++] = (level){&tables[EK_AVX512], "avx512"};
    static const long rows[] = {1, 2, 3, 5, 6, 7, 8, 9, 11, 13, 14, 15, 17, 24, 25, 28, 33, 64, 67};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        for (long n = 1; n <= 66; n++) product(rows[i], n, n % 3 * 4 + 1);
    for (long n = 1; n <= 70; n++) {
        vectors(n);
        cross_entropy(n, 1 + n % 11);
        for (long pixels = 1; pixels <= 9; pixels++) norms(pixels, n);
        for (long kernel = 1; kernel <= 3; kernel += 2)
            for (long stride = 1; stride <= 2; stride++) {
                convolution((ek_conv){2, 4, 5, n, 2, kernel, stride, 0}, n % 5);
                convolution((ek_conv){2, 5, 4, 3, n, kernel, stride, n % 2}, n % 5);
                convolution((ek_conv){1, 1 + n % 7, n, 2, 5, kernel, stride, n % 2}, n % 5);
            }
    }
    convolution((ek_conv){2, 20, 30, 3, 33, 3, 1, 1}, 0);
    convolution((ek_conv){2, 27, 30, 1, 5, 3, 1, 1}, 0);
    convolution((ek_conv){1, 3, 300, 2, 17, 3, 2, 0}, 4);
    printf("%d levels, %d results compared, %d differ\n", level_count, compared, faults);
    return faults > 0;
}
