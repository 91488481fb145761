// The C interface of package kernels: plain functions over float arrays, all
// matrices row-major. The first argument of a function that exists at several
// levels is the level (0 portable, 1 AVX2+FMA, 2 AVX-512F).
#ifndef EVENKEEL_KERNELS_H
#define EVENKEEL_KERNELS_H

#include <stdint.h>

enum { EK_PORTABLE = 0, EK_AVX2 = 1, EK_AVX512 = 2, EK_LEVELS = 3 };

// The widest column panel of any level, in floats.
enum { EK_PANEL = 32 };

// ek_supported reports whether this processor can run the level.
int ek_supported(int level);

// ek_gemm computes c = A*B + bias, then max(., 0) if relu. A is m x k, read as
// a[i*a_row + p*a_col]; B is k x n, read as b[p*b_row + j*b_col]; c is m x n,
// read as c[i*ldc + j]. bias has n entries or is NULL. scratch has room for
// (k + 16)*EK_PANEL floats.
void ek_gemm(int level, long m, long n, long k, const float *a, long a_row, long a_col, const float *b, long b_row,
             long b_col, const float *bias, int relu, float *c, long ldc, float *scratch);

// ek_conv is the shape of a convolution: images of height x width pixels with `in`
// channels, `out` filters of kernel x kernel (1 or 3), padded by kernel/2 zeros,
// stride 1 or 2. Images are channels-last; planar says that x is channel by channel.
typedef struct {
    long batch, height, width, in, out, kernel, stride;
    int planar;
} ek_conv;

// ek_conv_scratch returns the number of floats of scratch memory that the functions below
// need; those of two convolutions need as much as both.
long ek_conv_scratch(const ek_conv *s);

// ek_conv_block is a convolution, kernel 3 and stride 1, with bias, ReLU and 2x2 max
// pooling. It computes y, batch x height/2 x width/2 x out, from w, 3 x 3 x in
// x out, and bias, out entries. If taken is not NULL it gets, for each y, which pixel
// of the window it came from (0 to 3 in reading order), or 4 if y is not positive.
void ek_conv_block(int level, const ek_conv *s, const float *x, const float *w, const float *bias, float *y,
                   uint8_t *taken, float *scratch);

// ek_conv_block_grad computes the gradients by w and bias that each of groups from to
// to - 1 of the `groups` groups of images gives, and, unless dx is NULL, x, from dy and
// what the forward pass took. Group g has images images*g/groups to
// images*(g+1)/groups - 1.
// dwb has the gradient by w and then that by bias for each group; dx is channels-last.
void ek_conv_block_grad(int level, const ek_conv *s, long images, long groups, long from, long to, const float *x, const float *w,
                        const float *dy, const uint8_t *taken, float *dwb, float *dx, float *scratch);

// ek_source says what images convolutions read. Without gain it is x itself, channel by
// channel if planar. Else it is
//   max(x*gain + shift + added, 0)    where `added` may be NULL, and stands for
//   added*added_gain + added_shift    where these are not NULL, cut at 0 if added_relu
// and what comes out is written to z unless that is NULL. Gains and shifts have one
// entry per channel.
typedef struct {
    long height, width, channels;
    int planar;
    const float *x, *gain, *shift, *added, *added_gain, *added_shift;
    int added_relu;
    float *z;
} ek_source;

// ek_unit is a convolution: y, batch x outputs x out, from w, kernel x kernel x in x
// out. If moments is not NULL it gets, for each image, the sum of each channel of y and
// the sum of its squared deviations from its mean in that image: batch x 2 x out.
typedef struct {
    ek_conv shape;
    const float *w;
    float *y, *moments;
} ek_unit;

// ek_convolve computes one or two convolutions of the same images, from to to - 1 of a
// batch; b has no filters if there is one.
void ek_convolve(int level, ek_source in, long from, long to, ek_unit a, ek_unit b, float *scratch);

// ek_unit_grad is what a gradient of a convolution is made of. That by its outputs is
// dy = g*gain + (y*slope + shift), by channel; g and y are images. dw gets the gradient by
// w that each group of images gives.
typedef struct {
    ek_conv shape;
    const float *w, *g, *y, *gain, *slope, *shift;
    float *dw;
} ek_unit_grad;

// ek_norm_sum asks for the sums of ek_norm_sums, of dx with y.
typedef struct {
    const float *y, *mean;
    float *out;
} ek_norm_sum;

// ek_input_grad says what becomes of the gradient by the images, which is not made where
// dx is NULL: it starts from start, or 0 where that is NULL; what the units give is added,
// the last one's first; it is set to 0 where the image is not positive if cut; and it is
// summed up where sums have an out.
typedef struct {
    float *dx;
    const float *start;
    int cut;
    ek_norm_sum sums[2];
} ek_input_grad;

// ek_convolve_grad computes the gradients of one or two convolutions of the same images,
// for some of the groups of a batch of images, see ek_conv_block_grad.
void ek_convolve_grad(int level, ek_source in, long images, long groups, long from, long to, ek_unit_grad a,
                      ek_unit_grad b, ek_input_grad back, float *scratch);

// ek_norm computes z of a source with gain, for images from to to - 1.
void ek_norm(int level, ek_source in, long from, long to);

// ek_norm_sums computes, for each image, the sums over its pixels of g and of
// g*(y - mean): images x 2 x channels.
void ek_norm_sums(int level, long images, long pixels, long channels, const float *g, const float *y, const float *mean,
                  float *out);

// ek_average computes the mean over the pixels of each channel of each image, and
// ek_average_grad the gradient by x.
void ek_average(long images, long pixels, long channels, const float *x, float *y);
void ek_average_grad(long images, long pixels, long channels, const float *dy, float *dx);

// ek_exp replaces x[i] by e^x[i].
void ek_exp(int level, long n, float *x);

// ek_adamw performs one step; decay = 1 - lr*weight_decay, rate = lr/(1-beta1^t),
// root = sqrt(1-beta2^t).
void ek_adamw(int level, long n, float *p, const float *g, float *m, float *v, float decay, double beta1, double beta2,
              float rate, float root, float eps);

// ek_peak performs n rounds of independent multiply-adds and returns how many
// floating-point operations they are.
double ek_peak(int level, long n);

// ek_sgd performs one step of torch.optim.SGD; v is the momentum buffer.
void ek_sgd(long n, float *p, const float *g, float *v, float rate, float momentum, float decay);

// ek_relu_grad sets out[i] to dy[i] where y[i] > 0, else to 0; out may be dy.
void ek_relu_grad(int level, long n, const float *y, const float *dy, float *out);

// ek_sum_parts sets out[i] to the sum of x[p*stride + i] over p = 0 to parts - 1, in
// this order.
void ek_sum_parts(long parts, long stride, long n, const float *x, float *out);

// ek_mul sets out[i] = x[i]*y[i].
void ek_mul(long n, const float *x, const float *y, float *out);

// ek_standardize sets out[i][j] = (x[i][j] - mean[j])*scale[j].
void ek_standardize(int level, long rows, long columns, const float *x, const float *mean, const float *scale,
                    float *out);

// ek_column_sums sets out[j] to the sum of x[i][j] over the rows, in row order.
void ek_column_sums(long rows, long columns, const float *x, float *out);

// ek_log returns the natural logarithm of a positive finite double.
double ek_log(double x);

// ek_softmax_ce returns the weighted mean cross-entropy and fills grad with its
// gradient by z; see Level.SoftmaxCE. weights has one entry per row, offset one
// per class; either may be NULL.
double ek_softmax_ce(int level, long rows, long classes, const float *z, const uint16_t *labels, const float *weights,
                     const float *offset, float *grad, double *weight_sum);

#endif
