// loss.cu: softmax along the rows of a matrix, and its cross entropy with labels.
//
// shapes    logits, probabilities, gradients [rows, classes], row-major; labels int32 [rows]; class weights [classes] or null
// geometry  a warp takes a row; block 256 = 8 rows; grid ceil(rows / 8). Sums over a row meet in a fixed tree of lanes
// cost      each row is read two or three times, from the caches but for the first
#include "reduce.cuh"

struct SoftmaxArgs {
    const float* x;
    float* y;
    int rows;
    int classes;
};

struct SoftmaxGradArgs {
    const float* y;
    const float* gradY;
    float* gradX;
    int rows;
    int classes;
};

// The row of this warp, and its lane. A warp past the end works on the last row and writes nothing.
struct RowPlace {
    int row;
    int lane;
    bool isInside;

    GB_DEVICE explicit RowPlace(int rows) {
        int wanted = (int)(blockIdx.x * 8 + threadIdx.x / 32);
        isInside = wanted < rows;
        row = isInside ? wanted : rows - 1;
        lane = (int)threadIdx.x % 32;
    }
};

// y = exp(x - max) / sum exp(x - max) along each row.
GB_KERNEL(softmax_forward_f32, 256, (SoftmaxArgs args)) {
    RowPlace place(args.rows);
    const float* x = args.x + place.row * args.classes;
    float* y = args.y + place.row * args.classes;
    float max = -gb_infinity();
    for (int j = place.lane; j < args.classes; j += 32) max = gb_max(max, x[j]);
    for (int mask = 16; mask > 0; mask >>= 1) max = gb_max(max, gb_shuffle_xor(max, mask));
    float sum = 0;
    for (int j = place.lane; j < args.classes; j += 32) sum += gb_exp(x[j] - max);
    sum = warp_sum(sum);
    for (int j = place.lane; place.isInside && j < args.classes; j += 32) y[j] = gb_div(gb_exp(x[j] - max), sum);
}

// gradX = y (gradY - sum gradY y) along each row.
GB_KERNEL(softmax_grad_f32, 256, (SoftmaxGradArgs args)) {
    RowPlace place(args.rows);
    const float* y = args.y + place.row * args.classes;
    const float* gradY = args.gradY + place.row * args.classes;
    float* gradX = args.gradX + place.row * args.classes;
    float sum = 0;
    for (int j = place.lane; j < args.classes; j += 32) sum += y[j] * gradY[j];
    sum = warp_sum(sum);
    for (int j = place.lane; place.isInside && j < args.classes; j += 32) gradX[j] = y[j] * (gradY[j] - sum);
}

// Mean cross entropy of softmax(logits) against labels, and its gradient: PyTorch's CrossEntropyLoss. With smoothing s, K classes and class
// weights w (1 where weights is null) the targets are t_j = (1 - s) w_y [j = y] + s / K w_j; loss = sum over rows and j of -t_j log p_j / D,
// D = sum over rows of w_y. A label of -1 leaves its row out. Three launches with scratch divisor [1], rowLoss [rows], rowCorrect [rows].
struct CrossEntropyArgs {
    const float* logits;
    const int* labels;
    const float* weights;
    float* loss;
    float* gradLogits;
    float* correct;
    float* rowLoss;
    float* rowCorrect;
    float* divisor;
    int rows;
    int classes;
    float smoothing;
    int padding;
};

GB_DEVICE float weight_of(const CrossEntropyArgs& args, int label) { return args.weights == nullptr ? 1 : args.weights[label]; }

// divisor = D. Geometry: block 256; grid 1.
GB_KERNEL(softmax_cross_entropy_divisor_f32, 256, (CrossEntropyArgs args)) {
    double sum = 0;
    for (int row = (int)threadIdx.x; row < args.rows; row += 256) {
        int label = args.labels[row];
        if (label >= 0) sum += weight_of(args, label);
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) *args.divisor = (float)sum;
}

// The first largest value of a row, NaN counting as the largest: what an index and a maximum stand for in every lane.
struct Largest {
    float value;
    int index;

    GB_DEVICE void consider(float other, int at) {
        bool isNan = gb_is_nan(value);
        bool isOtherNan = gb_is_nan(other);
        bool isEqual = value == other || (isNan && isOtherNan);
        if (isEqual ? at < index : isOtherNan || (!isNan && other > value)) {
            value = other;
            index = at;
        }
    }
};

GB_DEVICE Largest largest_of(const float* x, int classes, int lane) {
    // Lanes without an element repeat the first one.
    Largest largest = {x[0], 0};
    for (int j = lane; j < classes; j += 32) largest.consider(x[j], j);
    for (int mask = 16; mask > 0; mask >>= 1) {
        float value = gb_shuffle_xor(largest.value, mask);
        int index = gb_shuffle_xor(largest.index, mask);
        largest.consider(value, index);
    }
    return largest;
}

// log(1 + x) for x >= 0 without losing the digits of a small x: what 1 + x rounds away comes back as a factor.
GB_DEVICE float log_one_plus(float x) {
    float sum = 1 + x;
    return sum == 1 || !gb_is_finite(sum) ? x : gb_log(sum) * gb_div(x, sum - 1);
}

// gradLogits = (sum t p - t) / D, rowLoss, rowCorrect: 1 where the first largest logit is at the label. The largest exponential, which is 1,
// stays out of the sum, so that p - 1 keeps its digits where a row is nearly certain; the few operations that need it are in double.
// Geometry: block 256; grid ceil(rows / 8).
GB_KERNEL(softmax_cross_entropy_rows_f32, 256, (CrossEntropyArgs args)) {
    RowPlace place(args.rows);
    const float* x = args.logits + place.row * args.classes;
    float* gradient = args.gradLogits + place.row * args.classes;
    int label = args.labels[place.row];
    Largest largest = largest_of(x, args.classes, place.lane);
    double share = (double)args.smoothing / args.classes;
    float others = 0;
    float weights = 0;
    float weighted = 0;
    for (int j = place.lane; j < args.classes; j += 32) {
        float offset = x[j] - largest.value;
        if (j != largest.index) others += gb_exp(offset);
        // Without smoothing a logit of -infinity must not meet a weight of 0.
        if (share > 0) {
            weights += weight_of(args, j);
            weighted += weight_of(args, j) * offset;
        }
    }
    others = warp_sum(others);
    weights = warp_sum(weights);
    weighted = warp_sum(weighted);
    if (!place.isInside) return;
    if (label < 0) {
        for (int j = place.lane; j < args.classes; j += 32) gradient[j] = 0;
        if (place.lane == 0) args.rowLoss[place.row] = args.rowCorrect[place.row] = 0;
        return;
    }
    double hit = (1.0 - args.smoothing) * weight_of(args, label);
    double total = hit + share * weights;
    double scale = 1.0 / *args.divisor;
    // NaN and infinity among the logits make the offset of the largest NaN, and with it the whole row.
    float exactOne = gb_exp(largest.value - largest.value);
    double inverseSum = 1 / ((double)exactOne + others);
    for (int j = place.lane; j < args.classes; j += 32) {
        float exponential = j == largest.index ? exactOne : gb_exp(x[j] - largest.value);
        double target = share * weight_of(args, j) + (j == label ? hit : 0);
        gradient[j] = (float)((total * exponential * inverseSum - target) * scale);
    }
    if (place.lane != 0) return;
    double logSum = log_one_plus(others + (exactOne - 1));
    double loss = hit * (logSum - (x[label] - largest.value));
    if (share > 0) loss += share * (weights * logSum - weighted);
    args.rowLoss[place.row] = (float)(loss * scale);
    args.rowCorrect[place.row] = label == largest.index ? 1 : 0;
}

// loss and correct = the sums of rowLoss and rowCorrect. Geometry: block 256; grid 1.
GB_KERNEL(softmax_cross_entropy_sum_f32, 256, (CrossEntropyArgs args)) {
    double loss = 0;
    double correct = 0;
    for (int row = (int)threadIdx.x; row < args.rows; row += 256) {
        loss += args.rowLoss[row];
        correct += args.rowCorrect[row];
    }
    loss = block_sum(loss);
    correct = block_sum(correct);
    if (threadIdx.x == 0) {
        *args.loss = (float)loss;
        *args.correct = (float)correct;
    }
}
