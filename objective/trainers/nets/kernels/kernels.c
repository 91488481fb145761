// The hot operations of training, at three levels; see doc.go for the rules.
// Compiled as ISO C (-std=c11), where the compiler contracts no a*b+c by itself:
// a fused operation is fused because the source says so.
#include "kernels.h"

#include <math.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

// The most pieces of an image that ek_ahead_grad adds: y of two sums, dx, y and g of two
// units, and x, what is added, and z of the source.
enum { EK_PIECES = 2 + 1 + 2 * 2 + 3 };

// ek_ahead are pieces of memory that are needed soon: those of the next image.
typedef struct {
    struct {
        const char *at, *end;
    } of[EK_PIECES];
    int count;
} ek_ahead;

// ek_ahead_add adds the numbers of an image of x, unless that is NULL.
static void ek_ahead_add(ek_ahead *a, const float *x, long image, long size) {
    if (!x) return;
    a->of[a->count].at = (const char *)(x + image * size);
    a->of[a->count++].end = (const char *)(x + (image + 1) * size);
}

// ek_fetch asks for up to 32 lines of the cache, between two tiles, so that memory is at
// work while sums are made.
static inline void ek_fetch(ek_ahead *a) {
    if (a->count == 0) return;
    const char *at = a->of[a->count - 1].at, *end = a->of[a->count - 1].end;
    long lines = (end - at + 63) / 64, some = lines < 32 ? lines : 32;
    for (long n = 0; n < some; n++) __builtin_prefetch(at + 64 * n, 0, 2);
    if (some == lines)
        a->count--;
    else
        a->of[a->count - 1].at = at + 64 * some;
}

// ek_walk says where the terms of a tile's sums are: term p of segment s of row
// r is a[r*a_row + s*a_segment + p*a_term] * b[s*b_segment + p*b_term], columns of
// b side by side. A matrix product has one segment, a 3x3 convolution one per line.
typedef struct {
    long segments, terms, a_row, a_segment, a_term, b_segment, b_term;
    ek_ahead *ahead; // NULL if nothing is
} ek_walk;

// What becomes of a finished sum: stored, stored after ReLU, or added to what is there.
enum { EK_STORE, EK_RELU, EK_ADD };

// What is added to a normalisation, see ek_source: an order in which each does what the
// one before it does, and more.
enum { EK_NOTHING, EK_PLAIN, EK_NORMED, EK_NORMED_RELU };

// The most columns of a product that is computed turned.
enum { EK_TURNED = 12 };

// ek_aligned rounds a number of floats up to whole cache lines.
static long ek_aligned(long n) { return (n + 15) / 16 * 16; }

// ek_outputs is the height or width of what a convolution makes of n pixels.
static long ek_outputs(long n, const ek_conv *s) { return (n - 1) / s->stride + 1; }

// ek_block_lines is how many lines of `width` outputs one sum of a gradient by a
// weight runs over: about 256 pixels, which the first cache holds.
static long ek_block_lines(long width) { return width < 256 ? 256 / width : 1; }

// ek_image is where the first window of an image lies, and the numbers of a line.
typedef struct {
    const float *at;
    long line;
} ek_image;

// ek_room divides scratch memory.
typedef struct {
    float *pad, *dpad, *panels, *lines, *sums;
    long size;
} ek_room;

// ek_layout lays scratch memory out: a padded input image, a padded image of
// outputs, packed weights, some lines of outputs in a panel, and sums by channel.
static ek_room ek_layout(const ek_conv *s, float *scratch) {
    long height = ek_outputs(s->height, s), width = ek_outputs(s->width, s), taps = s->kernel * s->kernel;
    long pad = ek_aligned((s->height + 2) * (s->width + 2) * s->in), dpad = ek_aligned((height + 2) * (width + 2) * s->out);
    long forward = taps * s->in * (s->out + EK_PANEL), back = taps * s->out * (s->in + EK_PANEL);
    long panels = ek_aligned(forward > back ? forward : back);
    // Two lines of pixels to pool, or a block of lines.
    long lines = 2 * width > 256 ? 2 * width * EK_PANEL : 256 * EK_PANEL;
    ek_room r = {.size = pad + dpad + panels + lines + ek_aligned(s->out)};
    if (!scratch) return r;
    r.pad = scratch, r.dpad = r.pad + pad, r.panels = r.dpad + dpad, r.lines = r.panels + panels, r.sums = r.lines + lines;
    return r;
}

// ek_layout_two lays it out for one or two convolutions of the same images, which share
// the first one's padded image.
static void ek_layout_two(long units, const ek_conv *a, const ek_conv *b, ek_room *room, float *scratch) {
    room[0] = ek_layout(a, scratch);
    if (units > 1) room[1] = ek_layout(b, scratch + room[0].size);
}

// ek_clear_pad and ek_clear_dpad set a padded image to 0, of which the border stays so.
static void ek_clear_pad(const ek_room *r) { memset(r->pad, 0, (r->dpad - r->pad) * sizeof(float)); }
static void ek_clear_dpad(const ek_room *r) { memset(r->dpad, 0, (r->panels - r->dpad) * sizeof(float)); }

// ek_inside is the image of outputs inside a padded one.
static ek_image ek_inside(const ek_conv *s, const float *dpad) {
    long line = (ek_outputs(s->width, s) + 2) * s->out;
    return (ek_image){dpad + line + s->out, line};
}

// ek_windows are those of a convolution over a padded image; the windows of a 1x1
// convolution are inside.
static ek_image ek_windows(const ek_conv *s, const float *pad) {
    long line = (s->width + 2) * s->in;
    return (ek_image){s->kernel == 1 ? pad + line + s->in : pad, line};
}

// ek_images_of is the source of images that stand in memory.
static ek_source ek_images_of(const ek_conv *s, const float *x) {
    return (ek_source){.height = s->height, .width = s->width, .channels = s->in, .planar = s->planar, .x = x};
}

// ek_group is the first image of a group of images.
static long ek_group(long group, long groups, long images) { return images * group / groups; }

static long ek_weights(const ek_conv *s) { return s->kernel * s->kernel * s->in * s->out; }

// ek_result is the numbers of an image of outputs.
static long ek_result(const ek_conv *s) { return ek_outputs(s->height, s) * ek_outputs(s->width, s) * s->out; }

// What is needed of a later image, the last first: a list is taken from its end.

static void ek_ahead_source(ek_ahead *a, const ek_source *in, long image) {
    long size = in->height * in->width * in->channels;
    if (in->gain) {
        ek_ahead_add(a, in->z, image, size);
        ek_ahead_add(a, in->added, image, size);
    }
    ek_ahead_add(a, in->x, image, size);
}

static void ek_ahead_convolve(ek_ahead *a, const ek_source *in, long image, long units, const ek_unit *u) {
    for (long k = 0; k < units; k++) ek_ahead_add(a, u[k].y, image, ek_result(&u[k].shape));
    ek_ahead_source(a, in, image);
}

static void ek_ahead_grad(ek_ahead *a, const ek_source *in, long image, long units, const ek_unit_grad *u,
                          const ek_input_grad *back) {
    long size = in->height * in->width * in->channels;
    for (long k = 0; back->dx && k < 2; k++)
        if (back->sums[k].y != in->x) ek_ahead_add(a, back->sums[k].y, image, size);
    ek_ahead_add(a, back->dx, image, size);
    for (long k = 0; k < units; k++) {
        ek_ahead_add(a, u[k].y, image, ek_result(&u[k].shape));
        ek_ahead_add(a, u[k].g, image, ek_result(&u[k].shape));
    }
    ek_ahead_source(a, in, image);
}

// ek_taps are the taps, in one direction, that lead from input pixels u with
// u mod stride = kind to outputs: the first tap, how many there are, each `stride`
// less, and the output that the first leads to from u = kind.
typedef struct {
    long first, count, output;
} ek_taps;

static ek_taps ek_taps_of(const ek_conv *s, long kind) {
    long border = s->kernel / 2;
    ek_taps t = {0, 0, 0};
    for (long tap = s->kernel - 1; tap >= 0; tap--) {
        long up = kind + border - tap + s->stride; // of the output, times stride; not negative
        if (up % s->stride != 0) continue;
        if (t.count++ == 0) t.first = tap, t.output = up / s->stride - 1;
    }
    return t;
}

// The portable level: 128-bit vectors, which gcc and clang lower to whatever
// the machine has, and no fused operations.
#define NAME(f) ek_portable_##f
#define TARGET
#define VL 4
#define MR 4
#define MR1 8
#define FMA(a, b, c) ((a) * (b) + (c))
#if defined(__x86_64__)
#define VREG(v) "x"(v)
#elif defined(__aarch64__)
#define VREG(v) "w"(v)
#else
#define VREG(v) "m"(v)
#endif
static inline float ek_sqrt1(float x) { return sqrtf(x); }
#define SQRT(x) ((vec){ek_sqrt1((x)[0]), ek_sqrt1((x)[1]), ek_sqrt1((x)[2]), ek_sqrt1((x)[3])})
#include "level.h"
#undef NAME
#undef TARGET
#undef VL
#undef MR
#undef MR1
#undef FMA
#undef SQRT
#undef VREG

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(f) ek_avx2_##f
#define TARGET __attribute__((target("avx2,fma")))
#define VL 8
#define MR 6
#define MR1 12
#define VREG(v) "x"(v)
#define FMA(a, b, c) ((vec)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define SQRT(x) ((vec)_mm256_sqrt_ps((__m256)(x)))
#include "level.h"
#undef NAME
#undef TARGET
#undef VL
#undef MR
#undef MR1
#undef FMA
#undef SQRT
#undef VREG

#define NAME(f) ek_avx512_##f
#define TARGET __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define VL 16
#define MR 14
#define MR1 24
#define VREG(v) "v"(v)
#define FMA(a, b, c) ((vec)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define SQRT(x) ((vec)_mm512_sqrt_ps((__m512)(x)))
#include "level.h"
#endif

int ek_supported(int level) {
    if (level == EK_PORTABLE) return 1;
#if defined(__x86_64__)
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (level == EK_AVX2) return avx2;
    if (level == EK_AVX512) return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
#endif
    return 0;
}

// The table by which a level is called. Levels that do not exist on this
// architecture are never selected (ek_supported) and stand as portable.
typedef struct {
    __typeof__(ek_portable_gemm) *gemm;
    __typeof__(ek_portable_exp) *exp;
    __typeof__(ek_portable_adamw) *adamw;
    __typeof__(ek_portable_peak) *peak;
    __typeof__(ek_portable_standardize) *standardize;
    __typeof__(ek_portable_relu_grad) *relu_grad;
    __typeof__(ek_portable_normed) *normed;
    __typeof__(ek_portable_norm_sums) *norm_sums;
    __typeof__(ek_portable_convolve) *convolve;
    __typeof__(ek_portable_convolve_grad) *convolve_grad;
    __typeof__(ek_portable_conv_block) *conv_block;
    __typeof__(ek_portable_conv_block_grad) *conv_block_grad;
} ek_table;

#define TABLE(l)                                                                                              \
    {                                                                                                         \
        ek_##l##_gemm, ek_##l##_exp, ek_##l##_adamw, ek_##l##_peak, ek_##l##_standardize, ek_##l##_relu_grad, \
            ek_##l##_normed, ek_##l##_norm_sums, ek_##l##_convolve, ek_##l##_convolve_grad,                   \
            ek_##l##_conv_block, ek_##l##_conv_block_grad                                                                          \
    }
static const ek_table tables[EK_LEVELS] = {
    TABLE(portable),
#if defined(__x86_64__)
    TABLE(avx2),
    TABLE(avx512),
#else
    TABLE(portable),
    TABLE(portable),
#endif
};

void ek_gemm(int level, long m, long n, long k, const float *a, long a_row, long a_col, const float *b, long b_row,
             long b_col, const float *bias, int relu, float *c, long ldc, float *scratch) {
    tables[level].gemm(m, n, k, a, a_row, a_col, b, b_row, b_col, bias, relu, c, ldc, scratch);
}

void ek_exp(int level, long n, float *x) { tables[level].exp(n, x); }

void ek_adamw(int level, long n, float *p, const float *g, float *m, float *v, float decay, double beta1, double beta2,
              float rate, float root, float eps) {
    tables[level].adamw(n, p, g, m, v, decay, beta1, beta2, rate, root, eps);
}

double ek_peak(int level, long n) { return tables[level].peak(n); }

long ek_conv_scratch(const ek_conv *s) { return ek_layout(s, NULL).size; }

void ek_conv_block(int level, const ek_conv *s, const float *x, const float *w, const float *bias, float *y,
                   uint8_t *taken, float *scratch) {
    tables[level].conv_block(s, x, w, bias, y, taken, scratch);
}

void ek_conv_block_grad(int level, const ek_conv *s, long images, long groups, long from, long to, const float *x, const float *w,
                        const float *dy, const uint8_t *taken, float *dwb, float *dx, float *scratch) {
    tables[level].conv_block_grad(s, images, groups, from, to, x, w, dy, taken, dwb, dx, scratch);
}

void ek_convolve(int level, ek_source in, long from, long to, ek_unit a, ek_unit b, float *scratch) {
    tables[level].convolve(&in, from, to, b.shape.out ? 2 : 1, (ek_unit[]){a, b}, scratch);
}

void ek_convolve_grad(int level, ek_source in, long images, long groups, long from, long to, ek_unit_grad a,
                      ek_unit_grad b, ek_input_grad back, float *scratch) {
    tables[level].convolve_grad(&in, images, groups, from, to, b.shape.out ? 2 : 1, (ek_unit_grad[]){a, b}, &back, scratch);
}

void ek_norm(int level, ek_source in, long from, long to) {
    long size = in.height * in.width * in.channels;
    tables[level].normed((to - from) * in.height * in.width, &in, from * size, NULL, in.z + from * size);
}

void ek_norm_sums(int level, long images, long pixels, long channels, const float *g, const float *y, const float *mean,
                  float *out) {
    for (long i = 0; i < images; i++) {
        long at = i * pixels * channels;
        tables[level].norm_sums(pixels, channels, g + at, y + at, mean, out + 2 * i * channels);
    }
}

void ek_relu_grad(int level, long n, const float *y, const float *dy, float *out) {
    tables[level].relu_grad(n, y, dy, out);
}

void ek_sgd(long n, float *restrict p, const float *restrict g, float *restrict v, float rate, float momentum,
            float decay) {
    for (long i = 0; i < n; i++) {
        v[i] = v[i] * momentum + (g[i] + p[i] * decay);
        p[i] = p[i] - v[i] * rate;
    }
}

void ek_mul(long n, const float *restrict x, const float *restrict y, float *restrict out) {
    for (long i = 0; i < n; i++) out[i] = x[i] * y[i];
}

void ek_average(long images, long pixels, long channels, const float *restrict x, float *restrict y) {
    for (long i = 0; i < images; i++, y += channels) {
        for (long c = 0; c < channels; c++) y[c] = 0;
        for (long p = 0; p < pixels; p++, x += channels)
            for (long c = 0; c < channels; c++) y[c] += x[c];
        for (long c = 0; c < channels; c++) y[c] /= pixels;
    }
}

void ek_average_grad(long images, long pixels, long channels, const float *restrict dy, float *restrict dx) {
    for (long i = 0; i < images; i++, dy += channels)
        for (long p = 0; p < pixels; p++, dx += channels)
            for (long c = 0; c < channels; c++) dx[c] = dy[c] / pixels;
}

void ek_standardize(int level, long rows, long columns, const float *x, const float *mean, const float *scale,
                    float *out) {
    for (long i = 0; i < rows; i++) tables[level].standardize(columns, x + i * columns, mean, scale, out + i * columns);
}

void ek_sum_parts(long parts, long stride, long n, const float *restrict x, float *restrict out) {
    memcpy(out, x, n * sizeof(float));
    for (long p = 1; p < parts; p++)
        for (long i = 0; i < n; i++) out[i] += x[p * stride + i];
}

void ek_column_sums(long rows, long columns, const float *restrict x, float *restrict out) {
    for (long j = 0; j < columns; j++) out[j] = 0;
    for (long i = 0; i < rows; i++)
        for (long j = 0; j < columns; j++) out[j] += x[i * columns + j];
}

// ek_log: x = 2^e f with f in [sqrt(1/2), sqrt 2), ln f = 2 artanh(s) with
// s = (f-1)/(f+1), |s| < 0.1716, by its Taylor series to s^19: absolute error of
// the series below 2e-17. Every operation is a plain IEEE one, so the result is the
// same everywhere.
double ek_log(double x) {
    int e;
    double f = frexp(x, &e);
    if (f < 0.70710678118654752440) {
        f *= 2;
        e--;
    }
    double s = (f - 1) / (f + 1), q = s * s, sum = 0;
    for (int i = 19; i >= 3; i -= 2) sum = (sum + 1.0 / i) * q;
    return e * 0.69314718055994530942 + (2 * s + 2 * s * sum);
}

double ek_softmax_ce(int level, long rows, long classes, const float *z, const uint16_t *labels, const float *weights,
                     const float *offset, float *grad, double *weight_sum) {
    double sum_w = 0, loss = 0;
    for (long i = 0; i < rows; i++) sum_w += weights ? weights[i] : 1;
    *weight_sum = sum_w;
    // Some rows at a time: the exponentials of all of them are one call.
    enum { SOME = 64 };
    for (long from = 0; from < rows; from += SOME) {
        long n = rows - from < SOME ? rows - from : SOME;
        float own[SOME], *block = grad + from * classes;
        for (long i = 0; i < n; i++) {
            const float *in = z + (from + i) * classes;
            float *row = block + i * classes, top = -INFINITY;
            for (long c = 0; c < classes; c++) {
                row[c] = offset ? in[c] + offset[c] : in[c];
                top = row[c] > top ? row[c] : top;
            }
            for (long c = 0; c < classes; c++) row[c] -= top;
            own[i] = row[labels[from + i]];
        }
        ek_exp(level, n * classes, block);
        for (long i = 0; i < n; i++) {
            double w = weights ? weights[from + i] : 1, sum = 0;
            float *row = block + i * classes;
            if (w == 0) { // whatever its logits are, NaN included
                memset(row, 0, classes * sizeof(float));
                continue;
            }
            for (long c = 0; c < classes; c++) sum += row[c];
            loss += w * (ek_log(sum) - own[i]);
            double scale = w / sum_w;
            for (long c = 0; c < classes; c++) row[c] = (float)((row[c] / sum - (c == labels[from + i])) * scale);
        }
    }
    return loss / sum_w;
}
